"""Mail as real programs make it, one oddity a case: what a person can read of it is read."""

import base64
import time
from datetime import UTC, datetime

import pytest

from mailflow.mail.parse import parse
from mailflow.mail.reply import own_words

HEAD = "From: =?utf-8?B?5p2O5aic?= <li.na@example.com>\nTo: r@example.com\nMIME-Version: 1.0\n"
HALF_PAST = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
UNZONED = HALF_PAST.replace(hour=16)
ATTACHED = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n{}\n\naGk=\n--b--\n"


def word(data: bytes, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(data).decode()}?="


UTF8, GBK = "[需求] 报表增加导出功能".encode(), "[需求] 报表增加导出功能".encode("gbk")

SUBJECTS = {
    word(UTF8[:10], "utf-8") + "\n " + word(UTF8[10:], "utf-8"): "[需求] 报表增加导出功能",
    word(GBK[:6], "gb2312") + "\n " + word(GBK[6:], "GBK"): "[需求] 报表增加导出功能",
    word(UTF8[:8], "utf-8") + word(UTF8[8:], "utf-8"): "[需求] 报表增加导出功能",
    "=?utf-8?Q?[IT] Report please=3F?=": "[IT] Report please?",
    "=?utf-8*zh?b?5p2O5aic?=": "李娜",
    "=?utf-8?B?5p2O5aic5Y?=": "李娜\ufffd",
    word("会議の件".encode("iso2022_jp"), "iso-2022-jp"): "会議の件",
    "[需求] 报表": "[需求] 报表",
    "one\nSubject: two": "one",
    "one\na line of garbage\nX-Other: two": "one",
}
DATES = {
    "Mon, 2 Mar 26 16:30:00 +0800": HALF_PAST,
    "Mon, 2 Mar 2026 16:30:00": UNZONED,
    "Mon, 2 Mar 2026 16:30:00 GMT+08:00": HALF_PAST,
    "Mon, 2 Mar 2026 16:30:00 GMT+8": HALF_PAST,
    "Mon, 2 Mar 2026 16:30:00 +0800 (中国标准时间)": HALF_PAST,
    "Mon Mar 2 16:30:00 2026 +0800": HALF_PAST,
    "Mon, 2 Mar 2026 16.30.00 +0800": HALF_PAST,
    "2026-03-02T08:30:00Z": HALF_PAST,
    "2026年3月2日 16:30:00 +0800": HALF_PAST,
    "2026年3月2日 下午4:30": UNZONED,
    "2026年3月2日 星期一 下午4:30": UNZONED,
    "星期一, 2 三月 2026 16:30:00 +0800": HALF_PAST,
    "3/2/2026 4:30 PM": UNZONED,
    "3/2/2026 4:30:00 pm": UNZONED,
    "31/12/2026 16:30": datetime(2026, 12, 31, 16, 30, tzinfo=UTC),
    "3/2/2026 16:30": None,  # which of them is the month
    "Wed, 2 十二月 2026 16:30:00 +0800": datetime(2026, 12, 2, 8, 30, tzinfo=UTC),
}
FILES = {
    "Content-Disposition: attachment; filename*=UTF-8''%E6%8A%A5%E8%A1%A8.pdf": "报表.pdf",
    "Content-Disposition: attachment; filename*0*=UTF-8''%E6%8A%A5%E8;\n filename*1*=%A1%A8.pdf": "报表.pdf",
    "Content-Disposition: attachment; filename*=gb2312'zh'%B1%A8%B1%ED.pdf": "报表.pdf",
    "Content-Disposition: attachment; filename*=%E6%8A%A5%E8%A1%A8.pdf": "报表.pdf",
    'Content-Disposition: attachment; filename*1="b.pdf"; filename*0="a"': "ab.pdf",
    "Content-Disposition: attachment; filename=my report 2026.pdf": "my report 2026.pdf",
    'Content-Type: application/pdf; name="=?utf-8?B?5oql?=\n =?utf-8?B?6KGoLnBkZg==?="': "报表.pdf",
    'Content-Type: application/pdf; name="报表.pdf"': "报表.pdf",
}
FLOWED = "Content-Type: text/plain; charset=utf-8; format=flowed"
SIXTY = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
HELLO = base64.b64encode("你好，请处理".encode()).decode()
TEXTS = {
    "folded, blanks kept": (
        f"{FLOWED}\n\nA long line that was \nfolded.\nSecond",
        "A long line that was folded.\nSecond",
    ),
    "folded, blanks added": (f"{FLOWED}; delsp=yes\n\n这个句子被 \n折成两行。\n第二段", "这个句子被折成两行。\n第二段"),
    "a field behind a blank": (f"{FLOWED}\n\n优先级：高 \n影响：部门", "优先级：高 \n影响：部门"),
    "a quote that was folded": (f"{FLOWED}\n\n> one \n> two\n>> three", "> one two\n>> three"),
    "a list's footer behind base64": (f"{SIXTY}{HELLO}\n\n_______\nlist footer", "你好，请处理"),
    "text called base64": (
        f"{SIXTY}你好，请处理这件事。\nhello, it is plain.",
        "你好，请处理这件事。\nhello, it is plain.",
    ),
    "damaged quoted-printable": (
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=E6=8A=A5 =XX 50% = ok=",
        "报 =XX 50% = ok",
    ),
    "a page that says utf-16": (
        "Content-Type: text/html; charset=utf-16\n\n<meta charset=utf-16><p>你好</p>",
        "你好",
    ),
    "the whole called a file": (
        "Content-Type: text/plain; charset=utf-8\nContent-Disposition: attachment; filename=body.txt\n\n你好",
        "你好",
    ),
    "a page with a name, shown": (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8; name=mail.html\n"
        "Content-Disposition: inline\n\n<p>你好</p>\n--b--",
        "你好",
    ),
    "a hidden line and Word's own": (
        'Content-Type: text/html; charset=utf-8\n\n<div style="display:none">Preheader</div>'
        "<!--[if mso]><p>only Word</p><![endif]--><![if !mso]><p>报表</p><![endif]>",
        "报表",
    ),
    "a stub and a page": (
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n\n--b\nContent-Type: text/html\n\n<p>hi</p>\n--b--",
        "hi",
    ),
    "text round a picture": (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: image/png; name=a.png\n"
        "Content-Disposition: inline\n\nx\n--b\n\ntwo\n--b--",
        "one\n\ntwo",
    ),
}
AUTOMATIC = (
    "自动回复: 外出", "自動回覆: 外出", "Automatische Antwort: x", "Réponse automatique : x", "Respuesta automática: x",
    "Автоматический ответ: x", "自動応答: x", "자동 회신: x", "부재중: x", "Fuera de oficina: x", "Absent du bureau : x",
    "离开办公室: x", "Risposta automatica: x", "Abwesenheitsnotiz: x",
)  # fmt: skip
PERSONS = (
    "自动回复功能不能用",
    "Out of office printers broken",
    "为什么退信",
    "关于自动回复的需求",
    "Read: the manual",
)
QUOTE = "李娜 <li.na@example.com>"
HEADS = {
    "Apple, Japanese": f"2026年3月2日 16:30、{QUOTE}のメール:\n\n> x",
    "Thunderbird, Japanese": "(2026/03/02 16:30), 李娜 wrote:\n> x",
    "iPhone, Japanese": f"iPhoneから送信\n\n2026/03/02 16:30、{QUOTE}のメール:\n\n> x",
    "iPhone, Korean": f"나의 iPhone에서 보냄\n\n2026. 3. 2. 오후 4:30, {QUOTE} 작성:\n\n> x",
    "iPhone, Russian": f"Отправлено с iPhone\n\n> 2 марта 2026 г., в 16:30, {QUOTE} написал(а):\n> x",
    "Gmail, Russian": f"пн, 2 мар. 2026 г. в 16:30, {QUOTE}:\n\n> x",
    "Gmail, Korean": f"2026년 3월 2일 (월) 오후 4:30, {QUOTE}님이 작성:\n\n> x",
    "Gmail, Spanish": "El lun, 2 mar 2026 a las 16:30, Li Na (<li.na@example.com>) escribió:\n\n> x",
    "Outlook, French": f"De : {QUOTE}\nEnvoyé : lundi 2 mars 2026 16:30\nÀ : W\nObjet : RE: x\n\nx",
    "Outlook, Korean": f"보낸 사람: {QUOTE}\n보낸 날짜: 2026년 3월 2일 오후 4:30\n받는 사람: W\n제목: x\n\nx",
    "Notes": "-----Li Na/HQ wrote: -----\nTo: w@example.com\nFrom: Li Na/HQ\nDate: 03/02/2026 04:30PM\nSubject: x\n\nx",
    "DingTalk": f"来自钉钉专属商务邮箱\n{'-' * 66}\n发件人：{QUOTE}\n日　期：2026年03月02日 16:30:00\n主　题：x\n\nx",
    "NetEase's phone": f"---- 回复的原邮件 ----\n| 发件人 | {QUOTE} |\n| 发送日期 | 2026年03月02日 16:30 |\n| 主题 | x |\nx",
    "a footer, Russian": "Данное сообщение и любые приложения являются конфиденциальными.",
    "a footer, Spanish": "Este mensaje y sus anexos son confidenciales.",
    "a footer, Japanese": "このメールには秘密情報が含まれている場合があります。",
}


@pytest.mark.parametrize(("field", "subject"), SUBJECTS.items())
def test_subjects(field: str, subject: str) -> None:
    assert parse(f"{HEAD}Subject: {field}\n\nx".encode()).subject == subject


@pytest.mark.parametrize(("field", "moment"), DATES.items())
def test_dates(field: str, moment: datetime | None) -> None:
    assert parse(f"{HEAD}Date: {field}\n\nx".encode()).date == moment


@pytest.mark.parametrize(("fields", "name"), FILES.items())
def test_names_of_files(fields: str, name: str) -> None:
    assert [each.filename for each in parse((HEAD + ATTACHED.format(fields)).encode()).attachments] == [name]


@pytest.mark.parametrize("case", TEXTS)
def test_texts(case: str) -> None:
    content, text = TEXTS[case]
    assert parse((HEAD + content).encode()).text == text
    assert parse((HEAD + content).replace("\n", "\r\n").encode()).text == text


def test_each_part_in_its_own_charset() -> None:
    parts = {"gb2312": "你好，请看", "big5": "謝謝您的來信", "koi8-r": "Спасибо за ответ"}
    content = f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n".encode()
    for charset, text in parts.items():
        content += f"--b\nContent-Type: text/plain; charset={charset}\n\n".encode() + text.encode(charset) + b"\n"
    assert parse(content + b"--b--").text == "\n\n".join(parts.values())


@pytest.mark.parametrize("subject", AUTOMATIC + PERSONS)
def test_absence_is_told_from_people_who_speak_of_it(subject: str) -> None:
    assert bool(parse(f"{HEAD}Subject: {subject}\n\nx".encode()).automatic) == (subject in AUTOMATIC)


@pytest.mark.parametrize("program", HEADS)
def test_only_the_writers_own_words_stay(program: str) -> None:
    assert own_words(f"同意。\n\n{HEADS[program]}").own == "同意。"


def test_folded_lines_without_end_take_no_time() -> None:
    begin = time.process_time()
    assert len(parse(f"{HEAD}{FLOWED}\n\n".encode() + b"x \n" * 300_000).text) == 599_999
    assert time.process_time() - begin < 2
