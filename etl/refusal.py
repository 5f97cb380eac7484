"""Why what somebody wants to be recorded is refused."""

from etl.definitions import Definitions
from etl.personal_data import personal_detail
from etl.report import word_problem

MOST_CHARACTERS = 500


class Refused(Exception):
    """What was asked for is not recorded; `problem` says why, in Vietnamese and English."""

    def __init__(self, definitions: Definitions, rule: str, value: object = None, **params: object) -> None:
        self.problem = word_problem(definitions, rule, None, None, None, value, params)
        super().__init__(f"{self.problem.message_vi} / {self.problem.message_en}")

    @classmethod
    def unless_fit(cls, definitions: Definitions, *words: str) -> None:
        """Raise this refusal for the first of the words that is too long or seems to hold personal data."""
        for said in words:
            if len(said) > MOST_CHARACTERS:
                raise cls(definitions, "words_too_long", limit=MOST_CHARACTERS)
            if found := personal_detail(definitions, said):
                raise cls(definitions, "words_personal_data", detail=found)
