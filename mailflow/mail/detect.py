"""Which charset bytes without a true label are in, by what each reading of them would say. Pure.

A reading counts for as much of it as people really write: characters that make up most of any text in its language
count whole, those in common use a little, and rare ones against it. General detectors need more text than a subject
has; the charsets that mail comes in are few, and are told apart by a few characters each.
"""

import codecs
import re
from functools import lru_cache

_SAMPLE = 2000
_FEWEST = 4
_ASCII = bytes(range(0x80))
_HIGH = re.compile(rb"[\x80-\xff]")

# The characters that most of every text consists of, mail at work in mind.
_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情"
    "明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给"
    "世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太"
    "量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔请您谢邮需附复快查收审批申单"
    "项客户销售财订登录密码印脑网络服器修版测试议周季讨退款价编号负责办室尽速协助联址姓李陈刘杨黄赵吴孙胡朱林郭罗郑伟娜磊静敏"
    "故障差假投诉"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方"
    "多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明"
    "性知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次"
    "度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建"
    "務做接必場件計管期市直資命山金指許統區保至隊形社便空決治展科司五基眼書非則聽白卻界達光放強即像難且權思王完設式色路記南品"
    "住告類求據程北邊張該交規萬取格望覺術領共確傳師觀清今切院讓識候帶導爭運請您謝郵需附覆複快查收審批申單項客戶銷售財訂登錄密"
    "碼印腦網絡服器修版測試議週季討退款價編號負責辦室盡速協助聯繫址姓李陳劉楊黃趙吳孫胡朱林郭羅鄭偉玲障差假投訴貴訊檔案軟硬碟"
)
_KANJI = (
    "日一人年大会国中本長出三同時事自行社月分議後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西"
    "電校語土木聞食車何南万毎白天母火右読友左休父雨様件認確願致報告関連絡送付受信返問合資料見積請求障害依頼田鈴藤佐橋部課御世"
    "申込予定変更追加対応"
)
_HANGUL = (
    "이다는을가에의를은한고하지로기사도어서나자인대리시아해스그수정보일있부들제전요게니라만주상구문과장원여으조신비안내오동습"
    "합용공성면경유무관국것진세소실마드화회확청메발연업터생적방학계되할알립거려모선치물반심건중결재식때통개금단위행품영말우감"
    "명김박최추출견후처급취날간점네번호"
)

_MARKS = frozenset("\u3000、。〈〉《》「」『』【】〔〕〜…—‘’“”·ー・！（），：；？～％＋－／＝０１２３４５６７８９")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
EAST = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_FREQUENT = {
    "gb18030": frozenset(_SIMPLIFIED),
    "big5hkscs": frozenset(_TRADITIONAL),
    "cp932": frozenset(_KANJI),
    "euc_jp": frozenset(_KANJI),
    "cp949": frozenset(_HANGUL),
}
# Lead bytes of what is in common use: level 1 of GB 2312, Big5, JIS X 0208 (twice) and the Hangul of KS X 1001.
_COMMON = {
    "gb18030": (0xB0, 0xD7),
    "big5hkscs": (0xA4, 0xC6),
    "cp932": (0x88, 0x98),
    "euc_jp": (0xB0, 0xCF),
    "cp949": (0xB0, 0xC8),
}
_TRAIL = {"gb18030": 0xA1, "big5hkscs": 0x40, "cp932": 0x40, "euc_jp": 0xA1, "cp949": 0xA1}

CYRILLIC = ("cp1251", "koi8-r")
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile("[А-ЯЁЄІЇҐ]?[а-яёєіїґ]+|[А-ЯЁЄІЇҐ]+")
_OFTEN = frozenset("оеаинтсрвлОЕАИНТСРВЛ")


def detected(data: bytes) -> str:
    """The codec of `data`, which is not UTF-8, or "" where no reading makes sense. Looks at a bounded part of it."""
    high = len(data[:_SAMPLE].translate(None, _ASCII))
    sample = _sample(data)
    if high < _FEWEST:
        return ""
    east, name = max(((scored(data, name), name) for name in EAST), key=lambda pair: pair[0])
    russian, other = max((_russian(sample, name), name) for name in CYRILLIC)
    if russian >= 0.8 and (high >= 8 or east < 0.6):
        return other
    return name if east >= 0.4 else ""


def scored(data: bytes, name: str) -> float:
    """How well bytes read in one of these charsets: 1 for everyday text, below 0 for characters that nobody writes."""
    if name in CYRILLIC:
        return _russian(_sample(data), name)
    try:
        text = codecs.getincrementaldecoder(name)().decode(_sample(data))  # which may end amid a character
    except UnicodeError:
        return -2
    wide = [char for char in text if char > "\x7f"]
    if not wide:
        return 0
    score = sum(_weight(char, name) for char in wide) / len(wide)
    if name == "gb18030" and len(_KANA.findall(text)) * 5 > len(wide):
        score -= 0.5  # the same places hold them in EUC-JP, where they are at home
    return score


def _sample(data: bytes) -> bytes:
    """The bytes from the first one beyond ASCII on."""
    head = data[:100_000]
    first = next(iter(_HIGH.finditer(head)), None)
    return head[first.start() :][:_SAMPLE] if first else b""


@lru_cache(maxsize=32768)
def _weight(char: str, name: str) -> float:
    if char in _FREQUENT[name] or char in _MARKS or (name in ("cp932", "euc_jp") and _KANA.match(char)):
        return 1
    raw = char.encode(name, "replace")
    first, last = _COMMON[name]
    return 0.45 if len(raw) == 2 and first <= raw[0] <= last and raw[1] >= _TRAIL[name] else -1


def _russian(sample: bytes, name: str) -> float:
    """How well bytes read as Russian: whole words with capitals where they belong, of the letters most often used."""
    text = sample.decode(name, "replace")
    high = sum(1 for char in text if char > "\x7f" and char not in "«»—–№„“”\xa0…")
    words = [word for word in _LETTERS.findall(text) if word[0] > "\x7f" or word[-1] > "\x7f"]
    good = "".join(word for word in words if _WORD.fullmatch(word))
    if not good or not high:
        return 0
    often = sum(1 for char in good if char in _OFTEN) / len(good)
    lower = sum(1 for char in good if char.islower()) / len(good)
    return len(good) / high * min(1, often / 0.5) * (0.9 + 0.1 * lower)
