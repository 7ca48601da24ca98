"""The names of people.yaml in Latin letters, in the other script, and as the site adds to them."""

import pytest

from mailflow.core.directory import Directory
from mailflow.core.reading.values import read_people
from mailflow.policy.names import latin_names
from tests.policy.test_values import directory as directory_of

PEOPLE = """
it: it
departments: [{id: it}]
people:
  - {address: a@example.com, name: 张伟, also: [Kevin, 老张头]}
  - {address: b@example.com, name: 王小明}
  - {address: c@example.com, name: 吕布}
  - {address: d@example.com, name: 單雄信}
  - {address: e@example.com, name: 欧阳志远}
  - {address: f@example.com, name: 李娜}
  - {address: g@example.com, name: 黎娜}
  - {address: h@example.com, name: 何龙}
"""


@pytest.fixture(scope="module")
def directory() -> Directory:
    return directory_of(PEOPLE)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(
            (each, "a")
            for each in ("Zhang Wei", "ZHANG Wei", "zhangwei", "Wei Zhang", "@zhangwei", "張偉", "Kevin", "老张头")
        ),
        *(
            (each, "b")
            for each in ("Wang Xiaoming", "Xiaoming Wang", "wangxiaoming", "Wang Xiao Ming", "Xiao-Ming Wang")
        ),
        *((each, "c") for each in ("Lv Bu", "Lu Bu", "Lyu Bu", "呂布")),
        *((each, "d") for each in ("Shan Xiongxin", "单雄信")),
        ("Ouyang Zhiyuan", "e"),
        ("He Long", "h"),
    ],
)
def test_a_chinese_name_is_known_in_latin_letters_and_both_scripts(directory: Directory, text: str, name: str) -> None:
    (found,) = read_people(text, directory)
    assert found.address == f"{name}@example.com"


def test_letters_that_two_people_share_are_asked_about(directory: Directory) -> None:
    (found,) = read_people("Li Na", directory)
    assert (found.address, found.candidates) == ("", ("f@example.com", "g@example.com"))


@pytest.mark.parametrize("text", ["He", "Long", "Wei", "Zhang", "Xiaoming"])
def test_a_part_of_a_name_in_latin_letters_is_nobodys(directory: Directory, text: str) -> None:
    assert all(not each.candidates for each in read_people(text, directory))


@pytest.mark.parametrize("name", ["Emma Brown", "张伟 Zhang", "", "欧", "信息技术部服务台"])
def test_other_names_have_no_spelling_of_their_own(name: str) -> None:
    assert latin_names(name) == ()
