"""Text made comparable: width, case, white space, and the script of the words that readers know.

Invariant: `fold` is total and idempotent, and what differs only in those four compares equal.
"""

import unicodedata

# Pairs of a traditional character and its simplified form: the words the readers know, offices, and the
# commonest names. Whoever loads a policy writes its own words in both scripts; this table serves what people
# write by themselves.
_PAIRS = (
    "幣币儲储擴扩縮缩換换屆届撥拨補补誤误錯错減减擬拟擔担據据攜携殘残殺杀毀毁淨净渦涡溝沟濃浓漲涨潛潜澀涩灘滩燈灯"
    "爐炉牆墙狀状獎奖獨独瑣琐療疗癥症監监盤盘礎础禍祸稱称種种窮穷競竞筆笔籌筹籃篮紋纹紐纽紗纱納纳級级練练組组絕绝"
    "絡络給给週周後后號号禮礼個个兩两內内國国這这萬万億亿負负責责協协標标準准務务項项時时間间計计劃划貴贵辦办應应"
    "對对執执議议論论結结與与會会參参題题紀纪錄录電电話话總总經经領领導导員员長长師师歲岁從从現现場场業业産产產产"
    "開开關关閉闭發发報报單单統统系繫測测試试設设備备維维護护財财銷销運运營营採采購购審审質质資资訊讯術术網网門门"
    "處处團团隊队專专區区縣县歐欧陸陆廠厂張张陳陈劉刘楊杨黃黄趙赵吳吴鄭郑馮冯蔣蒋韓韩許许鄧邓蕭萧葉叶蘇苏魯鲁盧卢"
    "孫孙馬马賴赖鍾钟鐘钟龍龙譚谭鄒邹陰阴閻阎賈贾賀贺顧顾龔龚嚴严錢钱湯汤羅罗畢毕聞闻莊庄倫伦傑杰偉伟儀仪優优凱凯"
    "剛刚勁劲動动勝胜華华義义聖圣堅坚壯壮壽寿夢梦寶宝寧宁實实峰峯嵐岚嶺岭強强彥彦徑径徳德恆恒慶庆憲宪懷怀戰战擇择"
    "曉晓曄晔書书棟栋楓枫榮荣樂乐樹树橋桥歡欢氣气決决滿满漢汉潔洁濤涛澤泽濱滨瀟潇炜煒煥焕爾尔獻献瑋玮環环瓊琼畫画"
    "盡尽確确禎祯積积穎颖節节範范築筑簡简紅红純纯細细紹绍終终綠绿綱纲緒绪緯纬縝缜績绩羨羡習习聯联聰聪脈脉臨临興兴"
    "舉举艷艳蓮莲蔭荫藍蓝藝艺蘭兰虛虚衛卫裝装見见規规視视親亲覺觉觀观訂订記记訴诉診诊評评詢询詳详誠诚語语說说請请"
    "諒谅談谈謙谦講讲謝谢譯译讓让讚赞豐丰貝贝貞贞貨货貿贸費费賓宾賢贤贏赢趕赶軍军軒轩軟软輝辉輪轮轉转轍辙達达違违"
    "遠远適适遲迟選选還还邁迈鄉乡醫医釋释針针鈞钧鈺钰銀银銘铭鋒锋鋼钢錦锦鎮镇鏡镜鐵铁閃闪閱阅闊阔陽阳隨随險险雙双"
    "雲云霧雾靈灵靜静韻韵順顺預预頓顿頻频額额願愿顏颜風风飛飞館馆駿骏驗验體体鳳凤鳴鸣鴻鸿鵬鹏麗丽麥麦點点黨党齊齐"
    "齡龄龐庞儘尽進进連连暫暂無无為为過过並并則则讀读寫写複复覆复復复緊紧檔档類类戶户權权變变線线圍围屬属倉仓庫库"
    "聽听稅税紙纸職职廣广價价訓训濟济歷历曆历臺台灣湾瀋沈遼辽陝陕"
)
_SCRIPT = {ord(one): two for one, two in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)} | {
    ord(one): None for one in "\u00ad\u200b\u200c\u200d\u2060\ufeff"
}


def fold(text: str) -> str:
    """`text` for comparing: NFKC, case and script folded, white space collapsed, invisible characters gone."""
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SCRIPT)
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def key(text: str) -> str:
    """`text` as a key of a look-up: folded, and without any white space, as `业务 目标` is `业务目标`."""
    return fold(text).replace(" ", "")


def is_han(text: str) -> bool:
    """Whether it is made of Chinese characters only."""
    return bool(text) and all("\u3400" <= one <= "\u9fff" or "\U00020000" <= one <= "\U0003ffff" for one in text)
