"""What is surely somebody's name, and what looks like one of those whom no directory lists: a shape, never a proof."""

import re

from mailflow.core.directory import Directory
from mailflow.core.reading.text import fold, is_han, key
from mailflow.core.reading.values.people import read_people

_TITLED = re.compile(
    r"[\u3400-\u9fff]{1,3}(?:工|总|经理|主管|主任|部长|处长|科长|组长|总监|老师|先生|女士|小姐|博士|教授|工程师)|"
    r"[小老][\u3400-\u9fff]"
)
_LATIN = re.compile(
    r"(?:[A-Z][a-z'’-]{1,20}\.?\s){1,2}[A-Z][A-Za-z'’-]{1,20}|(?:Mr|Ms|Mrs|Dr)\.?\s[A-Z][A-Za-z'’-]{1,20}"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵覃武钱戴严莫孔向汤温康施文牛樊葛邢"
    "齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁符阮尚舒纪柯梅童毕单裴霍苗盛曲翁冉骆蓝游靳辛管柴蒙鲍华"
    "喻祁房蒲滕萧屈饶解牟艾尤穆司古车巩庾"
)
# Words of the office that begin with what is a surname too.
_OFFICE = (
    "方案|任务|管理|金额|高级|高优|高危|施工|常规|文档|文件|程序|关键|关闭|关注|"
    "严重|温度|白名单|黑名单|石油|包装|包含|向导|解决|解释|章程|华东|华南|华北|江苏|"
    "陈述|许可|许可证|房产|车间|车辆|单据|单元|单位|左右|曲线|纪要|祝贺|司机|武器|"
    "康复|游戏|蓝图|符合|申请|申报|方向|方法|于是|何时|余额|付款|付费|任命|雷达|"
    "马上|易用性|毕业|钟表|白天|高峰|高可用|高并发|程度|金融|金融部|关联"
)
_WORDS = frozenset(_OFFICE.split("|"))
# English first names that begin a sentence as words of their own: `Mark all rows`, `Grant access`.
_FIRST_NAMES = (
    "art august april bill bob brook carol chase cliff dale dean drew faith frank gene glen grace grant guy hope iris "
    "ivy jack joy june lance mark may miles page pat penny ray reed rich rob rose skip sue wade will"
)
_VERBS = frozenset(_FIRST_NAMES.split())


def is_surely(text: str, directory: Directory) -> bool:
    """Whether a text is one person's full name, title (张工), address or English first name, and no other word.

    Part of a name is too little at the head of a sentence: 国庆 is a holiday, Green a colour.
    """
    found = read_people(text, directory)
    if len(found) != 1 or not found[0].candidates:
        return False
    if "@" in text or is_titled(text):
        return True
    names = [directory.person(each).name for each in found[0].candidates]
    firsts = {fold(name).split()[0] for name in names if name and name.isascii()} - _VERBS
    return key(text) in {key(name) for name in names} or (fold(text) in firsts and text[:1].isupper())


def is_titled(text: str) -> bool:
    """小赵, 赵经理, Mr Smith."""
    name = text.replace(" ", "")
    return (
        bool(_TITLED.fullmatch(name))
        if is_han(name)
        else bool(_LATIN.fullmatch(text) and text[:2] in ("Mr", "Ms", "Dr"))
    )


def is_like_name(text: str) -> bool:
    """赵小明, 小赵, John Smith; not 方案 or `data`."""
    text = text.strip()
    name = text.replace(" ", "")
    if not is_han(name):
        return bool(_LATIN.fullmatch(text))
    return is_titled(name) or (2 <= len(name) <= 3 and fold(name)[0] in _SURNAMES and name not in _WORDS)
