"""The policy in force: what the site, its people, calendars and rule files say, as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from mailflow.core.calendar import Calendar
from mailflow.core.directory import Absence, Directory
from mailflow.core.series import Rhythm
from mailflow.core.workflow import Labels, Workflow


@dataclass(frozen=True, slots=True)
class Limits:
    """Backstops (design §9). Sizes in bytes."""

    message_size: int = 25_000_000
    attachments: int = 100
    unpacked_size: int = 200_000_000
    acks_per_sender_per_day: int = 200
    acks_per_record: int = 100
    mails_per_day: int = 20_000


# What anyone may ask by mail at any time (P9); a site may add words of its own.
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "help": ("帮助", "幫助", "help"),
    "status": ("状态", "狀態", "status"),
    "mine": ("我的", "mine"),
    "form": ("表单", "表單", "form"),
    "preview": ("预览", "預覽", "preview"),
    "search": ("查询", "查詢", "search"),
    "for": ("代", "for"),
    "away": ("外出", "休假", "请假", "away"),
    "back": ("取消外出", "取消休假", "销假", "back"),
    "mute": ("暂停发送", "mute"),
    "unmute": ("恢复发送", "恢复", "unmute"),
    "confirm": ("确认", "confirm"),
}

# Those that are never understood within a record, so that a kind may have the same words for commands of its own.
APART = frozenset({"mute", "unmute", "confirm"})


@dataclass(frozen=True, slots=True)
class Site:
    """What decisions need of rules/site.yaml; servers and secrets are the adapters' business.

    `shadow`: every mail goes to the admin alone, with whom it was for.
    """

    name: Labels
    address: str
    aliases: tuple[str, ...] = ()
    language: str = "zh"
    languages: tuple[str, ...] = ("zh", "en")
    admin: tuple[str, ...] = ()
    accept_from: tuple[str, ...] = ("*",)
    trust: str = "token"
    urgent: tuple[str, ...] = ("紧急", "緊急", "URGENT")
    confidential: tuple[str, ...] = ("机密", "機密", "CONFIDENTIAL")
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: QUESTIONS)
    limits: Limits = Limits()
    shadow: bool = False

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset({self.address, *self.aliases})


@dataclass(frozen=True, slots=True)
class Adoption:
    """A rule whose timing is new since `at`; the last pass under the rules before it was at `watched`."""

    at: datetime
    watched: datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a decision may know besides the record, the facts and now.

    `calendars` has the site's own under ""; `adopted` maps rule names to when their timing came into
    force, for deadlines that an edit would otherwise have put into the past. `hash` names this policy
    in the history. `unreachable` are addresses whose mail bounced for good: their deputies stand in, as
    do those of who is `away` by what they said by mail (P1.4); `muted` is what is not to be sent now.
    `periods` are the named stretches of days of calendar.yaml, `rhythm` what comes again by rhythm.yaml.
    """

    site: Site
    directory: Directory
    calendars: Mapping[str, Calendar]
    kinds: Mapping[str, Workflow]
    hash: str = ""
    adopted: Mapping[str, Adoption] = field(default_factory=dict)
    unreachable: frozenset[str] = frozenset()
    away: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    muted: tuple[str, ...] = ()
    periods: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    rhythm: Rhythm = field(default_factory=Rhythm)

    def workflow(self, kind: str) -> Workflow:
        return self.kinds[kind]

    def calendar(self, name: str) -> Calendar:
        return self.calendars.get(name) or self.calendars[""]

    def calendar_of(self, address: str) -> Calendar:
        """The working calendar of a person: their own, else their department's, else the site's (P1.7)."""
        person = self.directory.person(address)
        name = person.calendar or self.directory.department(person.department).calendar
        return self.calendar(name)

    def present(self, address: str, now: datetime) -> str:
        """Who answers for a person now: themselves, or who deputises while they are away or unreachable (P1.4)."""
        person = self.directory.person(address)
        if not person.away and person.address not in self.away and person.address not in self.unreachable:
            return person.address
        today = self.calendar_of(address).day_of(now)
        present = self.directory.deputised(address, today, self.away)
        deputy = self.directory.person(present).deputy
        return deputy if present in self.unreachable and deputy else present

    def absent(self, address: str, now: datetime) -> Absence | None:
        """The absence of a person now, None when they are there."""
        return self.directory.absence(address, self.calendar_of(address).day_of(now), self.away)

    def accepts(self, address: str) -> bool:
        """Whether the site has to do with whoever is at an address: a person or monitor it lists, or one of
        `accept_from` (P1.8)."""
        if self.directory.knows(address) or address in self.directory.monitors:
            return True
        return "@" in address and any(fnmatchcase(address, each.lower()) for each in self.site.accept_from)

    def language_of(self, address: str, wrote: str = "") -> str:
        """A person's setting, else what they wrote in, else the site's."""
        wanted = self.directory.person(address).language or wrote or self.site.language
        return wanted if wanted in self.site.languages else self.site.language
