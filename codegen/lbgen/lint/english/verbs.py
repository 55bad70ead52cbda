"""English verbs, as far as names of events need them: a table of irregular verbs and the rule.

A past form that the table lacks is regular, which is right for every verb that is made today.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["PARTICLES", "SAME_IN_PAST", "base_of", "is_base", "is_past", "past_of", "word_set"]


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_IRREGULAR: Final = """
arise arose arisen|awake awoke awoken|bear bore borne|beat beat beaten|become* became become
befall* befell befallen|begin* began begun|bend bent bent|bind bound bound|bite bit bitten
bleed bled bled|blow blew blown|break broke broken|breed bred bred|bring brought brought
build built built|buy bought bought|catch caught caught|choose chose chosen|cling clung clung
come* came come|creep crept crept|deal dealt dealt|dig dug dug|do did done|draw drew drawn
drink drank drunk|drive drove driven|eat ate eaten|fall* fell fallen|feed fed fed|feel felt felt
fight fought fought|find found found|flee fled fled|fling flung flung|fly flew flown
forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven|forgo forwent forgone
forsake forsook forsaken|freeze froze frozen|get got gotten|give gave given|go* went gone
grind ground ground|grow grew grown|hang hung hung|have had had|hear heard heard|hide hid hidden
hold held held|keep kept kept|kneel knelt knelt|know knew known|lay laid laid|lead led led
leave left left|lend lent lent|light lit lit|lose lost lost|make made made|mean meant meant
meet met met|mow mowed mown|pay paid paid|prove proved proven|rend rent rent|ride rode ridden
ring rang rung|rise* rose risen|run* ran run
saw sawed sawn|say said said|see saw seen|seek sought sought
sell sold sold|send sent sent|sew sewed sewn|shake shook shaken|shine shone shone|shoot shot shot
show showed shown|shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat sat|slay slew slain
sleep slept slept|slide slid slid|sling slung slung|sow sowed sown|speak spoke spoken
speed sped sped|spend spent spent|spin spun spun|spit spat spat|spring sprang sprung
stand stood stood|steal stole stolen|stick stuck stuck|sting stung stung|stink stank stunk
stride strode stridden|strike struck struck|strive strove striven|string strung strung
swear swore sworn|sweep swept swept|swell swelled swollen|swim swam swum|swing swung swung
take took taken|teach taught taught|tear tore torn|tell told told|think thought thought
throw threw thrown|tread trod trodden|understand understood understood|wake woke woken
wear wore worn|weave wove woven|weep wept wept|win won won|wind wound wound|wring wrung wrung
write wrote written
"""
"""Base form, past tense, participle. A star: the past tense suits an event's name better."""

_OTHER_PASTS: Final = word_set(
    "born burnt"
    " dreamt dwelt leant leapt learnt misspelt smelt spelt spilt spoilt shaven proven sown"
    " lain clad shod was were swollen"
)

SAME_IN_PAST: Final = word_set(
    "bet bid broadcast burst bust cast cost cut fit forecast hit hurt input knit let offset output"
    " preset proofread put quit read reset rid set shed shut slit spread split sublet thrust"
    " typeset unset upset wed wet beat become come overcome run rerun overrun outrun"
)
"""Verbs whose past tense or participle looks like the base form."""

_NO_PAST: Final = word_set(
    "bed bleed breed creed deed embed exceed feed greed hatred heed hundred indeed infrared kindred"
    " moped naked need newsfeed proceed red reed sacred seed shed shred sled speed succeed ted weed"
    " wicked biped steed tweed misdeed bobsled watershed overfeed reseed unembed wed"
)
"""Words that end in `ed` and are not past forms."""

_DOUBLING: Final = word_set(
    "abet admit allot commit compel concur confer control counsel cancel defer deter dispel emit"
    " enrol equip excel expel fulfil incur infer initial label level model occur omit outfit patrol"
    " permit prefer program propel rebut recur refer regret remit repel resubmit signal submit"
    " transfer transmit travel unplug unwrap unzip format handicap kidnap backlog reship replan"
    " remap untag"
)
"""Verbs of several syllables that double their last letter, in British spelling."""

PARTICLES: Final = word_set(
    "in out up down off on over back away through by apart around aside forward together along"
    " ahead across under about"
)
"""Words that belong to the verb before them: `logged_in`."""

_PREFIXES: Final = ("re", "un", "over", "under", "out", "mis", "pre", "fore", "with", "up", "inter")

_BY_BASE: Final[dict[str, str]] = {}
_BASES: Final[dict[str, str]] = {}
for _row in re.split(r"[|\n]", _IRREGULAR.strip()):
    _base, _past, _participle = _row.split()
    _verb = _base.removesuffix("*")
    _BY_BASE[_verb] = _past if _base.endswith("*") else _participle
    _BASES.setdefault(_past, _verb)
    _BASES.setdefault(_participle, _verb)
_BY_BASE["get"] = "got"

_IRREGULAR_PASTS: Final = (
    (frozenset(_BASES) | _OTHER_PASTS - SAME_IN_PAST) - SAME_IN_PAST - {"bit", "saw", "rent"}
)

_VOWELS: Final = "aeiou"


def is_past(word: str) -> bool:
    """Whether a word is a verb's past tense or participle, and not its base form too."""
    if word in SAME_IN_PAST or word in _NO_PAST:
        return False
    if word in _IRREGULAR_PASTS or (len(word) > 3 and word.endswith("ed")):
        return True
    return _without_prefix(word) in _IRREGULAR_PASTS


def is_base(word: str) -> bool:
    """Whether a word is the base form of a verb in the tables."""
    return (
        word in _BY_BASE
        or word in SAME_IN_PAST
        or word in _DOUBLING
        or _without_prefix(word) in _BY_BASE
    )


def past_of(verb: str) -> str:
    """The form of a verb that an event's name ends with: `placed`, `sent`, `began`."""
    if verb in SAME_IN_PAST:
        return verb
    if verb in _BY_BASE:
        return _BY_BASE[verb]
    inner = _without_prefix(verb)
    if inner in _BY_BASE:
        return verb.removesuffix(inner) + _BY_BASE[inner]
    if verb.endswith("e"):
        return f"{verb}d"
    if len(verb) > 1 and verb.endswith("y") and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ied"
    if verb.endswith("ic"):
        return f"{verb}ked"
    if verb in _DOUBLING or re.fullmatch(r"[^aeiou]*(?:qu)?[aeiouy][^aeiouwxy]", verb):
        return f"{verb}{verb[-1]}ed"
    return f"{verb}ed"


def base_of(word: str, known: frozenset[str]) -> str | None:
    """The verb that a gerund or a third person belongs to; `None` if it is neither.

    Args:
        word: such as `shipping` or `ships`.
        known: verbs in their base form.
    """
    candidates: list[str] = []
    if word.endswith("ing") and len(word) > 5:
        stem = word.removesuffix("ing")
        candidates += [f"{stem}e", stem]
        if len(stem) > 2 and stem[-1] == stem[-2]:
            candidates.insert(0, stem[:-1])
    elif word.endswith("ies"):
        candidates.append(f"{word[:-3]}y")
    elif word.endswith("s") and not word.endswith("ss"):
        candidates += [word[:-1], word.removesuffix("es")]
    return next((each for each in candidates if each in known or is_base(each)), None)


def _without_prefix(word: str) -> str:
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            inner = word.removeprefix(prefix)
            if inner in _BY_BASE or inner in _BASES:
                return inner
    return word
