"""A world with one kind more, given by the text of its rule file, whose mails are blank."""

import re
from dataclasses import dataclass

from mailflow.build import engine_of
from mailflow.force import put_in_force
from mailflow.policy import read_home
from tests.world import ROOT, World

HEAD = "kind: trial\nprefix: TRY\nlabel: {zh: 试验, en: Trial}\ntags: [试验, trial]\n"


@dataclass(slots=True)
class Trial(World):
    """`rules` is the kind's file but for its head; commands count by address; `files` are changed on top."""

    trust: str = "address"
    rules: str = ""
    changed: tuple[tuple[str, str, str], ...] = ()

    def reload(self, **edits: list[tuple[str, str]]) -> None:
        files = dict(read_home(ROOT))
        files["rules/site.yaml"] = files["rules/site.yaml"].replace("{trust: token}", f"{{trust: {self.trust}}}")
        for path, old, new in self.changed:
            assert old in files[path]
            files[path] = files[path].replace(old, new)
        files["rules/trial.yaml"] = HEAD + self.rules
        for name in set(re.findall(r"\btrial/[a-z-]+", self.rules)):
            for language in ("zh", "en"):
                files[f"templates/{language}/{name}.md"] = "Subject: {{ heading }}\n\n{{ title }}.\n"
        self.force = put_in_force(self.store, files, self.clock.now())
        self.engine = engine_of(self.store, self.force, self.clock.now())

    def opened(self, at: str, sender: str, body: str = "") -> str:
        return self.mail(at, sender, "[试验] 一件事", body).record
