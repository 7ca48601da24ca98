"""The phrases by which mail programs mark what is not the writer's own: one place to add another language.

Each pattern is tried on one line, or a few joined ones, of bounded length, and is linear in it.
"""

import re


def _any(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


QUOTED = re.compile(r"[ \t]{0,3}[>＞]")

# "On …, NAME wrote:", which may run over several lines.
VERB = re.compile(
    _any(
        "写道|寫道|写到|寫到|提到[:：]|写于|寫於|发表于|發表於|書きました|のメッセージ|のメール|작성|đã viết",
        r"כתב|מאת|كتب|\bmenulis\b|เขียน|\bsent[:：]|\bpisze\b",
        r"\bwrote\b|\bwrites\b|\bschrieb\b|\bgeschreven\b|\bschreef\b|\bskrev\b|\bkirjoitti\b",
        r"a écrit|\bécrit\b|escribió|escreveu|ha scritto|\bscrisse\b|a scris",
        r"napisał|nadesłał|\bnapsal|\bírta\b|написал|пишет|писал|yazdı|έγραψε",
        r"^quoting\b|^zitat von\b|^citando\b",
    ),
    re.IGNORECASE,
)
# What such a line begins with; a name may stand first where an address, or the words for "on", follow.
START = re.compile(
    r"(?:on|le|am|el|em|op|il|den|dnia|pe|w dniu|на|pada|في|بتاريخ|quoting|zitat von)\s|בתאריך|เมื่อ|"
    r"在|于|於|\(?\d{4}\s?[-/.年]|\d{1,2}[ ./-]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s|-{3,20}\S",
    re.IGNORECASE,
)
NAME_FIRST = re.compile(
    r"[^\n]{1,80}?(?:[<@]|\s?[于於在]\s?\d{4}|\s\d{4}[-/.年]\d|"
    r"\b(?:schrieb am|wrote on|a écrit le|escribió el|escreveu em|ha scritto il|skrev den|schreef op)\s)"
)
WHEN = re.compile(
    r"\d{1,4}\s?[-/.年月년월]\s?\d{1,2}|\d{1,2}:\d\d|"
    r"\d{1,2}\.?\s+\w{3,10}\.?,?\s+(?:de\s+)?\d{4}|\b(?:19|20)\d\d\b|@"
)
# Marks that turn the direction of writing stand round the names and at the ends of Hebrew and Arabic lines.
_TURN = "\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"
TURNS = re.compile(f"[{_TURN}]")
ENDS = re.compile(
    rf"[:：][\s{_TURN}]{{0,3}}[*_]{{0,2}}-{{0,9}}[\s{_TURN}]{{0,3}}$|"
    r"(?:wrote|写道|寫道)\s?-{3,9}\s{0,3}$"
)
CHINESE_VERB = re.compile("[写寫][道到]|提到[:：]")
HOUR = re.compile(r"\d{1,2}:\d\d")
PRECISE = re.compile(r"\d{1,2}[:：]\d\d|@")
DATED = re.compile(r"\d{1,2}[:：]\d\d|\b(?:19|20)\d\d\b|\d年")
# The name and address that end the first line of an attribution whose second begins with the day.
NAMED = re.compile(r"[<(][^<>()\s]{1,150}@[^<>()\s]{1,150}[>)]$")
# Gmail's kind, without a verb.
GMAIL = re.compile(
    r"\d{4}[-年/]\s?\d{1,2}[-月/]\s?\d{1,2}[^\n]{1,20}\d{1,2}:\d\d[^\n]{0,140}(?:>[:：]|GMT[^\n]{1,120})"
)
# The same in other languages: a year, an hour, and an address in brackets at the end.
UNSPOKEN = re.compile(
    r"[^\n<>]{1,40}\b(?:19|20)\d\d\b[^\n<>]{0,20}\d{1,2}:\d\d[^\n<>]{0,140}<[^<>\s]{1,150}@[^<>\s]{1,150}>\s?[:：]"
)

# Mutt's kind: only the name, the address and the moment; and an old one of Gmail's, which has no colon either.
BRACKETED = re.compile(r"\* [^\n<>]{1,80}<[^<>\s]{1,150}@[^<>\s]{1,150}> \[[^\n\]]{8,60}\]:")
UNENDED = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2} [^\n<>]{1,80}<[^<>\s]{1,150}@[^<>\s]{1,150}>")

_SEPARATORS = _any(
    "original|reply message|replied message|message|forwarded|begin forwarded|antwort nachricht",
    "ursprüngliche|weitergeleitete|originele|oorspronkelijk|doorgestuurd|ursprungligt|vidarebefordra|oprindelig",
    "videresendt|alkuperäinen|välitetty|wiadomość|przekazana|původní|přeposlan|pôvodná|eredeti|továbbított",
    "mensaje|reenviado|mensagem|messaggio|mesaj|orijinal mesaj|transféré|исходное|пересылаемое|пересланное",
    "αρχικό|προωθημένο|הודעה מקורית|הודעה שהועברה|الرسالة الأصلية|رسالة|tin nhắn gốc|thư gốc|원본|전달된|オリジナル",
    r"[^\n]{1,60} wrote: ?(?=-)",
    "原始|邮件原件|邮件原文|郵件原文|原邮件|郵件原件|原件|原信|转发|轉寄|轉發|转寄|回复|回覆|コピー|転送|元の",
)
SEPARATOR = re.compile(
    rf"[ \t]{{0,3}}[-—－_=*]{{2,60}}(?:[ \t\xa0]|&nbsp;){{0,5}}{_SEPARATORS}"
    r"[^\n]{0,60}?[-—－_=*]{2,60}[ \t]{0,3}$",
    re.IGNORECASE,
)
BARE_SEPARATOR = re.compile("原始邮件|原邮件|原始郵件|邮件原件|original message", re.IGNORECASE)
MARKED = re.compile(r"[ \t]{0,3}[-—－_=*]{2}")
FORWARD = re.compile(
    _any(
        "begin forwarded message|anfang der weitergeleiteten|début du message|inizio messaggio inoltrato",
        r"forwarded message:[ \t]*$|inicio del mensaje reenviado|início da mensagem|begin doorgestuurd bericht",
        "vidarebefordrat brev|начало переадресованного|転送されたメッセージ|전달된 메시지",
        r"下面是被转发的邮件|以下是轉寄的郵件|-{1,20}\s{0,3}forwarded by",
    ),
    re.IGNORECASE,
)
RULE = re.compile(r"[ \t]{0,3}(?:_{10,}|-{20,}|={20,}|—{8,}|＿{8,})[ \t]*$")

# The fields of a quoted mail's header, as mail programs print them.
_KEYS = {
    "from": _any(
        "from|von|de|da|van|från|fra|od|от|kimden|lähettäjä|feladó|de la|từ|από|מאת|من",
        "发件人|寄件者|寄件人|发信人|发送人|差出人|送信者|送信元|보낸 사람",
    ),
    "sent": _any(
        "sent|date|gesendet|datum|envoyé|date d'envoi|enviado|enviado el|enviada em|inviato|data|verzonden",
        "skickat|sendt|wysłano|отправлено|дата|lähetetty|보낸 날짜|odesláno|elküldve|gönderildi|trimis|đã gửi",
        "ημερομηνία|στάλθηκε|נשלח|תאריך|تاريخ الإرسال|تاريخ|التاريخ",
        r"发送时间|发送日期|发件时间|日[ \u3000]{0,4}期|时[ \u3000]{0,4}间|時間",
        "寄件日期|傳送時間|傳送日期|送信日時|日時",
    ),
    "to": _any(
        "to|an|à|para|a|aan|till|til|do|кому|kime|vastaanottaja|komu|címzett|către|đến|προς|אל|إلى",
        "收件人|收件者|宛先|받는 사람",
    ),
    "cc": _any("cc|kopie|copie à|copia|копия|kopia|kopi", r"抄[ \u3000]{0,4}送|抄送人|副本|참조"),
    "subject": _any(
        "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|aihe",
        "předmět|predmet|tárgy|subiect|chủ đề|θέμα|נושא|الموضوع",
        r"主[ \u3000]{0,4}题|主題|主旨|标题|標題|件名|제목",
    ),
}
FIELD = re.compile(
    r"[ \t>|]{0,6}[*_]{0,2}"
    + _any(*(f"(?P<{key}>{words})" for key, words in _KEYS.items()))
    + r"[*_]{0,2}[ \t\xa0\u3000]{0,5}[:：|]",
    re.IGNORECASE,
)

SIGNATURE = re.compile(r"(?:--|—|－－|——)[ \t]?$")
_PROGRAMS = _any(
    "outlook|mail(?:box)?|mymail|airmail|aqua ?mail|bluemail|k-9|thunderbird|yahoo|gmail|proton|zoho|nine|canary",
    "spark|edison|superhuman|foxmail|qq ?mail|windows|samsung|galaxy|huawei|honor|xiaomi|android|iphone|ipad",
    "blackberry|mobile",
)
_MACHINES = _any("phone|mobile|cell|tablet|handy|smartphone|gerät|device|iphone|ipad|galaxy")
DEVICE = re.compile(
    r"[-—_<(]{0,3}\s{0,2}"
    + _any(
        r"签名由.{0,3}网易.{1,10}定制$|来自小米|从小米手机",
        r"sent (?:from|via|with|using|by) "
        rf"(?:my\b|the (?:all[- ]?)?new\b|an? (?:\w{{1,12}} )?{_MACHINES}|{_PROGRAMS}\b)",
        rf"from my {_MACHINES}(?:\s?\d\w{{0,3}})?$",
        _any(
            "get|télécharger|obtenir|obtener|obter o?|obtenha o|scarica|ottieni|holen sie sich|download|hämta|hent",
            "pobierz|stáhnout|скачать|загрузить|获取|獲取|下载|下載",
        )
        + r"\s?(?:outlook|bluemail|aqua ?mail) ",
        r"获取\s?outlook|下载适用于|取得 (?:ios|android) 版 outlook|(?:ios|android) ?版 ?outlook ?を入手",
        r"发自我的|發自我的|發送自我的|发送自|發送自|发自(?!内心|肺腑)[^，。,.]{1,20}$|發自 outlook",
        "从我的.{1,20}(?:发送|發送)",
        r"從我的.{1,20}(?:傳送|發送)|从 windows.{1,20}发送|[来來]自 ?outlook",
        r"[来來]自我的\s?(?:[a-z][^，。\n]{0,30}|[^，。\n]{0,14}(?:手机|手機|平板|设备|裝置|电脑|電腦|终端))$",
        "[来來]自.{0,12}(?:手机|手機|iphone|安卓|邮箱|郵箱).{0,10}(?:发送|發送|邮箱|客户端|移动端|版|app)$",
        r"从.{1,12}手机发[来送]$|從.{1,20}傳送$|(?:本邮件)?由.{1,20}发送$",
        "使用.{1,15}(?:邮箱|邮件|大师|客户端).{0,6}发送$",
        r"von meinem .{1,30} gesendet|gesendet (?:von|mit)|diese nachricht wurde von .{1,60} gesendet",
        rf"von .{{1,30}}{_MACHINES}.{{0,10}} gesendet",
        "envoyé (?:de(?:puis)?|à partir d[e'’]) ?(?:mon|outlook|mail|yahoo)",
        "来自(?:钉钉|企业微信|飞书)|(?:나의|내) .{1,20}에서 보냄|.{1,20}(?:스마트폰|휴대폰|태블릿)에서 보냈습니다",
        r"(?:yahoo.{0,12})?(?:iphone|ipad|android|スマートフォン).{0,14}から送信|iphone.{0,6}gönderildi",
        r"enviado desde (?:mi|outlook)|enviado de mi |enviado do meu|enviado a partir|inviato da(?:l mio)? ",
        r"verzonden vanaf|verstuurd vanaf|skickat från min|sendt fra min|wysłane z|отправлено (?:с|из) |odesláno z",
        "lähetetty ",
    ),
    re.IGNORECASE,
)
# NetEase's mail program shows its card of a sender as the bones of a table, and its name below it.
CARD_BEGIN = re.compile(r"[ \t]*\|[ \t]*\|?[ \t]*$")
CARD_END = re.compile("签名由")
ADDRESS = re.compile(r"[ \t]*[\w.+-]{1,64}@[\w.-]{1,190}[ \t]*")
LEGAL = re.compile(
    r"[*_\s]{0,4}"
    + _any(
        "confidentiality (?:notice|note|statement)|disclaimer\\b|legal (?:notice|disclaimer)",
        "privileged and confidential",
        r"(?:this|the (?:information|contents?) (?:contained )?in this) "
        r"(?:e-?mail|message|communication|transmission)"
        r"[^\n]{0,120}(?:confidential|intended|privileged)",
        r"the information (?:contained|transmitted)[^\n]{0,100}(?:confidential|intended)",
        r"diese e-?mail enthält vertrauliche|ce (?:message|courriel)[^\n]{0,80}confidentiel",
        r"(?:данное|это) (?:сообщение|письмо)[^\n]{0,80}конфиденциальн|본 (?:메일|이메일)[^\n]{0,60}(?:기밀|비밀)",
        r"(?:este|esta) (?:mensaje|correo|mensagem|e-?mail)[^\n]{0,80}confiden[cç]ia",
        r"questo messaggio[^\n]{0,80}riservat",
        r"(?:この|本)(?:メール|電子メール)[^\n]{0,60}(?:機密|秘密)(?:情報)?",
        r"(?:保密|免责|法律|免責)(?:声明|聲明|提示)",
        r"(?:[【\[]?重要(?:提示|提醒|声明|聲明)[】\]]?[:：]?\s{0,3})?"
        r"(?:本|此|该|這封|这封)(?:电子|電子)?(?:邮件|郵件|信件)[^\n]{0,40}(?<![请請意必])(?:保密|机密|機密|专有|特定)",
    ),
    re.IGNORECASE,
)
# What a gateway puts above the text of mail from outside.
BANNER = re.compile(
    r"[\[【*\s]{0,4}"
    + _any(
        "(?:caution|warning|attention|external email|external sender|notice)\\b[^\\n]{0,60}"
        "(?:external|outside|originated)",
        r"(?:此|该|本)?(?:外部)?(?:邮件|郵件)[^\n]{0,3}(?:来自|來自)(?:公司|组织|組織|企业|企業)?外部",
        r"外部(?:邮件|郵件)[^\n]{0,6}(?:谨慎|謹慎|慎重|警惕|注意|勿)",
        r"(?:外部邮件|外部郵件|注意|提醒|警告)[^\n]{0,12}(?:来自|來自|外部|外网)[^\n]{0,30}(?:外部|邮件|郵件)",
    ),
    re.IGNORECASE,
)
LIST_FOOTER = re.compile(
    r"[^\n]{0,80}mailing list(?: --|$)|to unsubscribe|unsubscribe:|https?://[^\s]{1,200}/(?:mailman|listinfo)/",
    re.IGNORECASE,
)
PGP_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
