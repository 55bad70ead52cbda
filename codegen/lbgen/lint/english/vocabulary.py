"""Words that names of events are made of, and what they tell about tense."""

from __future__ import annotations

from typing import Final

from .verbs import word_set

__all__ = [
    "ADJECTIVES",
    "BEHIND",
    "CLEARER",
    "NOUNS",
    "NOUNS_TOO",
    "ONLY_VERBS",
    "OUTCOMES",
    "PREPOSITIONS",
    "STATES",
    "VERBS",
]

VERBS: Final = word_set(
    """
    abandon abort accept access acknowledge acquire activate add adjust adopt age allocate allow
    amend analyse analyze announce answer apologise appear apply appoint approve archive arrange
    arrive ask assess assign attach audit authenticate authorise authorize award ban block boot
    borrow bounce browse calculate cancel capture change charge check claim clean clear click
    clone close collect compile complete compute configure confirm connect consume convert
    correct create credit deactivate debit decline decrease deduct delay delete deliver deny
    depart deploy deprecate detach detect disable disappear discard disconnect dismiss dispatch
    display donate download drop edit enable encrypt end enrol enroll enter escalate evaluate
    exceed execute expire export extend extract fail fetch filter finalise finalize finish fix
    flag flush follow forward fulfil fulfill fund generate grant handle identify import increase
    index initialise initialize initiate insert inspect install invalidate invite issue join
    kick launch link load lock log mark match merge migrate modify monitor move mute notify open opt
    optimise optimize pack parse patch pause perform pick pin place play poll prepare print
    process promote provision publish pull purchase purge push queue raise rate reach reactivate
    receive recommend reconcile recover redeem refresh refund refuse register reject release
    reload remind remove rename renew reopen replace reply reprice request require reserve
    resolve respond restart restock restore resume retire retrieve retry return revert revoke
    reward rotate sanction save scan schedule score search seed select serve settle share ship
    shop sign skip snooze sort start stop store submit subscribe succeed suspend switch sync tag
    terminate tip top track trade train transfer transition translate trigger try unblock
    undelete unfollow uninstall unlink unlock unpublish unsend unsubscribe update upgrade upload
    upsert use validate verify view void vote wait warn watch withdraw
    """
)
"""Verbs that names of events and commands are made of."""

NOUNS_TOO: Final = word_set(
    """
    address alert bill book bookmark call comment copy discount email file invoice like list
    mail map message note order page plan post price project rate record report review stock
    survey test text ticket value visit
    """
)
"""Verbs that more often are nouns in a name."""

ONLY_VERBS: Final = word_set(
    """
    activate add apply approve assign authorize become cancel close confirm create deactivate
    delete disable enable ensure fix generate get give grant initialize insert invalidate invite
    keep make mark modify move notify publish receive reject remove rename resolve
    restore send submit suspend tell terminate try unlock unsubscribe upsert validate verify
    """
)
"""Verbs that are not nouns: a name that starts with one is a command."""

OUTCOMES: Final = word_set(
    """
    accepted aborted attempted completed confirmed denied failed finished rejected requested
    scheduled started succeeded
    """
)
"""What happens to commands: `delete_requested` says that somebody asked for it."""

_NOUN_PAIRS: Final = """
    acceptance:accepted acknowledgement:acknowledged activation:activated addition:added
    adjustment:adjusted alteration:altered application:applied approval:approved arrival:arrived
    assignment:assigned authentication:authenticated authorization:authorized backup:backed_up
    booking:booked cancellation:cancelled cancelation:cancelled checkin:checked_in
    checkout:checked_out cleanup:cleaned_up closure:closed completion:completed
    confirmation:confirmed connection:connected consumption:consumed conversion:converted
    creation:created deactivation:deactivated decision:decided deletion:deleted delivery:delivered
    departure:departed deployment:deployed detection:detected dropoff:dropped_off
    disconnection:disconnected dispatch:dispatched enrollment:enrolled enrolment:enrolled
    entry:entered execution:executed expiration:expired expiry:expired failure:failed
    fulfillment:fulfilled fulfilment:fulfilled handover:handed_over import:imported
    insertion:inserted installation:installed invitation:invited login:logged_in logon:logged_on
    logout:logged_out loss:lost modification:modified movement:moved notification:notified
    onboarding:onboarded payment:paid payout:paid_out pickup:picked_up placement:placed
    publication:published receipt:received registration:registered reimbursement:reimbursed
    rejection:rejected removal:removed renewal:renewed reservation:reserved resolution:resolved
    resignation:resigned response:responded rollback:rolled_back rollout:rolled_out sale:sold
    selection:selected setup:set_up settlement:settled shipment:shipped shutdown:shut_down
    signin:signed_in signout:signed_out signup:signed_up startup:started_up
    submission:submitted subscription:subscribed success:succeeded suspension:suspended
    takeover:taken_over termination:terminated timeout:timed_out transaction:transacted
    transmission:transmitted transformation:transformed validation:validated
    verification:verified violation:violated withdrawal:withdrawn
"""
"""Nouns that stand for what happened, and the past tense of their verbs."""

NOUNS: Final[dict[str, str]] = {
    noun: past for noun, _, past in (pair.partition(":") for pair in _NOUN_PAIRS.split())
}

CLEARER: Final = {
    "set": "assigned",
    "reset": "restored",
    "put": "placed",
    "cut": "reduced",
    "read": "viewed",
    "split": "divided",
    "hit": "reached",
    "let": "rented",
    "run": "executed",
    "broadcast": "announced",
    "shut": "closed",
    "quit": "left",
    "bid": "offered",
    "cast": "submitted",
    "come": "arrived",
    "spread": "distributed",
}
"""Verbs with a past tense of their own, for those without."""

STATES: Final = word_set(
    """
    are be being can get gets getting gonna is isnt must shall should will
    """
)
"""Words that turn a participle into a state, a duty or a plan."""

BEHIND: Final = word_set(
    """
    active again automatically closed available bankrupt dark due early empty externally full fully
    inactive internally late live low manually missing offline online open overdue partially private
    public ready remotely short stale successfully twice unavailable viral wrong
    """
)
"""Adjectives and adverbs that may follow a verb in the past tense: `went_live`."""

ADJECTIVES: Final = word_set("bad big good high last late long low next old short unread")
"""Words before a noun: what is behind one is not a verb."""

PREPOSITIONS: Final = word_set(
    """
    after against as at before between by for from in into of off on onto out over to under via
    with within without
    """
)
