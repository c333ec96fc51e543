"""What is worth measuring: less than everything, the same answer, and what was left out is said."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from advisor.criteria import Evidence
from advisor.decision import phrases
from advisor.decision.engine import decide
from advisor.decision.priorities import enough, needed_probes, skippable
from advisor.decision.profile_plan import compared, narrowed
from advisor.measurement.definitions import routes
from advisor.measurement.run import Observation, Run, Skipped, load_run
from advisor.measurement.session.plan import Plan, Trial, make_plan
from advisor.measurement.tasks.kinds import CellTask, RouteTask
from advisor.profiles.profile import Profile, load_profile, shipped_profiles
from tests.decision.tables import criterion, wish
from tests.samples import sample_run

PROFILES = [load_profile(name) for name in shipped_profiles()]
WHOLE = make_plan()
SAMPLES = 2_000


def ids(profile: Profile) -> str:
    return profile.name


def identity(observation: Observation) -> tuple[object, ...]:
    """Return what tells the cells of a plan apart."""
    place = (observation.probe, observation.framework, observation.route, observation.setting)
    return (*place, observation.parameters.get("batch"))


def whole_runs() -> list[Run]:
    """Return the invented Run, and the reference Run once there is one."""
    reference = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"
    return [sample_run(), *([load_run(reference)] if reference.is_file() else [])]


@dataclass
class Replay:
    """An adaptive session that takes what it would measure from a whole Run, phase by phase as a session does."""

    plan: Plan
    needed: Profile
    whole: Run
    run: Run = field(init=False)
    tried: list[Trial] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.run = self.whole.model_copy(update={"observations": (), "skipped": self.plan.skipped})
        self.told: Mapping[tuple[str, str], str] = {}

    def go(self) -> Replay:
        self.learn(lambda each: each.probe == "environment")
        first = [task for task in self.plan.capabilities if task.probe in self.plan.first]
        self.one_by_one(first)
        self.one_by_one(task for task in self.plan.experiments if task.probe == "ceiling")
        self.together(self.plan.cells)
        self.one_by_one(self.plan.routes, proofs=True)
        shipped = [task for task in self.plan.routes if task in self.tried]
        self.together(shipped, tried=False)
        self.one_by_one(task for task in self.plan.experiments if task.probe != "ceiling")
        self.one_by_one([task for task in self.plan.capabilities if task not in first])
        return self

    def learn(self, of: Callable[[Observation], bool]) -> None:
        known = [*self.run.observations, *(each for each in self.whole.observations if of(each))]
        self.run = self.run.model_copy(update={"observations": tuple(known)})
        planned = compared(self.plan, self.needed)
        self.told = skippable(self.needed, self.run, planned=planned)

    def due(self, task: Trial) -> bool:
        return (task.probe, task.framework.id) not in self.told

    def one_by_one(self, tasks: Iterable[Trial], *, proofs: bool = False) -> None:
        for task in tasks:
            if self.due(task):
                self.tried.append(task)
                self.learn(functools.partial(shown, task=task, proofs=proofs))

    def together(self, tasks: Iterable[Trial], *, tried: bool = True) -> None:
        due = [task for task in tasks if self.due(task)]
        self.tried += due if tried else []
        known = {id(each) for each in self.run.observations}
        self.learn(lambda each: id(each) not in known and any(belongs(each, task) for task in due))


PROOF = (None, "artifact-size", "accuracy", "accuracy-loss")


def shown(each: Observation, *, task: Trial, proofs: bool) -> bool:
    """Return whether trying a task shows an observation: of a route, first only what its export does."""
    return belongs(each, task) and (each.metric in PROOF or not proofs)


def belongs(each: Observation, task: Trial) -> bool:
    """Return whether an observation is of a task."""
    place = (each.probe, each.framework) == (task.probe, task.framework.id)
    if isinstance(task, CellTask):
        return place and identity(each) == identity(task.blank())
    return place and (not isinstance(task, RouteTask) or each.parameters.get("precision") == task.precision)


@functools.cache
def simulated(needed: str, number: int) -> Replay:
    """Return an adaptive session for a profile, replayed from a whole Run."""
    profile = load_profile(needed)
    return Replay(narrowed(WHOLE, profile), profile, WHOLES[number]).go()


WHOLES = whole_runs()
BOTH = pytest.mark.parametrize("number", range(len(WHOLES)), ids=lambda number: WHOLES[number].id)


@BOTH
@pytest.mark.parametrize("needed", PROFILES, ids=ids)
def test_the_answer_is_the_same_as_with_everything(needed: Profile, number: int) -> None:
    part, whole = simulated(needed.name, number).run, WHOLES[number]
    one, other = decide(whole, needed, samples=SAMPLES), decide(part, needed, samples=SAMPLES)
    assert (one.verdict, one.answer) == (other.verdict, other.answer)
    assert enough(needed, part)


def seconds(plan: Plan, whole: Run, tried: Collection[Trial]) -> float:
    """Return what a session takes that tries these tasks of a plan: capabilities take the time that the Run tells."""
    proved = {(task.probe, task.framework.id): task.estimate for task in plan.capabilities if task in tried}
    told = dict.fromkeys(proved, 0.0)
    for each in whole.observations:
        place = (each.probe, each.framework)
        if place in told:
            told[place] += each.seconds or 0.0
    proving = sum(told[place] or estimate for place, estimate in proved.items())
    timed = replace(
        plan, capabilities=(),
        cells=tuple(task for task in plan.cells if task in tried),
        routes=tuple(task for task in plan.routes if task in tried),
        experiments=tuple(task for task in plan.experiments if task in tried),
    )  # fmt: skip
    return timed.estimate + proving


@BOTH
def test_it_takes_at_most_sixty_percent_of_the_time_of_everything(number: int) -> None:
    whole = WHOLES[number]
    everything = seconds(WHOLE, whole, WHOLE.trials)
    replays = [simulated(needed.name, number) for needed in PROFILES]
    shares = [seconds(each.plan, whole, each.tried) / everything for each in replays]
    assert sum(shares) / len(shares) <= 0.6
    # Not only what no criterion rests on is left out: some of the plan is decided on the way.
    assert any(len(each.tried) < len(each.plan.trials) for each in replays)


def test_of_a_framework_that_fails_a_constraint_nothing_is_timed() -> None:
    training, whole = load_profile("large-training"), WHOLES[0]

    def refused(each: Observation) -> Observation:
        lost = (each.probe, each.framework) == ("capability:data-parallel", "tensorflow")
        return each.model_copy(update={"outcome": "not_supported"}) if lost else each

    changed = whole.model_copy(update={"observations": tuple(refused(each) for each in whole.observations)})
    tried = Replay(narrowed(WHOLE, training), training, changed).go().tried
    assert "tensorflow" not in {task.framework.id for task in tried if isinstance(task, CellTask)}
    assert {task.probe for task in tried if task.framework.id == "tensorflow"} == {"capability:data-parallel"}


def test_float32_is_proved_before_int8_and_a_refuted_route_is_not_quantized() -> None:
    edge, whole = load_profile("edge"), WHOLES[0]

    def refuted(each: Observation) -> Observation:
        litert = (each.probe, each.metric, each.parameters.get("precision")) == ("route:litert", None, "float32")
        return each.model_copy(update={"outcome": "refuted"}) if litert else each

    changed = whole.model_copy(update={"observations": tuple(refuted(each) for each in whole.observations)})
    tried = Replay(narrowed(WHOLE, edge), edge, changed).go().tried
    precisions = [task.precision for task in tried if isinstance(task, RouteTask)]
    assert precisions == sorted(precisions)
    routes = [task for task in tried if isinstance(task, RouteTask) and task.framework.id == "tensorflow"]
    litert = {task.precision for task in routes if task.probe == "route:litert"}
    assert litert == {"float32"}


def test_what_a_constraint_rests_on_is_proved_before_anything_is_timed() -> None:
    assert narrowed(WHOLE, load_profile("large-training")).first == {"capability:data-parallel"}
    assert not narrowed(WHOLE, load_profile("research")).first


def test_an_answer_that_is_settled_while_little_is_known_goes_on() -> None:
    sequences = load_profile("sequence-models")
    nothing = sample_run().model_copy(update={"observations": ()})
    assert skippable(sequences, nothing) == {}


def test_a_quick_session_is_shorter_still() -> None:
    whole = make_plan(mode="quick")
    shares = [narrowed(whole, needed).estimate / whole.estimate for needed in PROFILES]
    assert sum(shares) / len(shares) <= 0.6


@pytest.mark.parametrize("needed", PROFILES, ids=ids)
def test_every_probe_that_a_profile_needs_stays_in_the_plan(needed: Profile) -> None:
    plan = narrowed(WHOLE, needed)
    planned = {task.probe for task in plan.trials}
    wanted = {probe for probe in needed_probes(needed) if probe != "environment"}
    assert planned == wanted & {task.probe for task in WHOLE.trials}
    for task in plan.routes:
        assert needed.ships in routes()[task.route.runtime].ships
    order = [*needed_probes(needed)]
    for tasks in (plan.cells, plan.experiments, plan.capabilities):
        places = [order.index(task.probe) for task in tasks]
        assert places == sorted(places)


def test_constraints_come_before_wishes() -> None:
    assert next(iter(needed_probes(load_profile("large-training")))) == "capability:data-parallel"


def test_only_the_settings_and_precisions_that_are_asked_for_are_measured() -> None:
    research = narrowed(WHOLE, load_profile("research"))
    predicting = {cell.setting for cell in research.cells if cell.probe == "cnn-inference"}
    assert predicting == {"out-of-the-box"}
    training = {cell.setting for cell in research.cells if cell.probe == "cnn-training"}
    assert training == {"out-of-the-box", "best-known"}
    serving = narrowed(WHOLE, load_profile("deployment"))
    assert {route.precision for route in serving.routes} == {"float32"}
    assert {cell.batch for cell in serving.cells} == {1}


def test_what_is_left_out_is_said_once_and_counts_as_unknown_for_others() -> None:
    research = load_profile("research")
    part = simulated("edge", 0).run
    (left,) = [each for each in part.skipped if each.probe == "*"]
    assert (left.kind, left.profile) == ("not_asked", "edge")
    missing = [cell for cell in decide(part, research, samples=100).evidence if cell.provenance == "missing"]
    assert missing
    assert {cell.message for cell in missing} == {phrases.left_out(left, part.titles)}
    assert not enough(research, part)


def without(run: Run, probe: str, framework: str | None = None) -> Run:
    kept = tuple(each for each in run.observations if each.probe != probe or framework not in (None, each.framework))
    return run.model_copy(update={"observations": kept})


def test_what_can_still_change_the_answer_is_not_skipped() -> None:
    research, whole = load_profile("research"), sample_run()
    nothing = whole.model_copy(update={"observations": ()})
    assert skippable(research, nothing) == {}
    assert not enough(research, nothing)


def test_what_a_stack_that_is_out_would_show_is_skipped() -> None:
    training = load_profile("large-training")

    def refused(observation: Observation) -> Observation:
        if (observation.probe, observation.framework) != ("capability:data-parallel", "tensorflow"):
            return observation
        return observation.model_copy(update={"outcome": "not_supported"})

    run = without(sample_run(change=refused), "capability:checkpoint")
    left = skippable(training, run)
    assert left["capability:checkpoint", "tensorflow"] == "TensorFlow fails a constraint already"


def test_an_open_constraint_keeps_everything_open() -> None:
    training = load_profile("large-training")
    run = without(without(sample_run(), "capability:data-parallel"), "capability:checkpoint")
    assert skippable(training, run) == {}


def test_a_reason_that_a_run_gives_is_enough() -> None:
    research = load_profile("research")
    run = without(sample_run(), "capability:debug-nan")
    open_ = not enough(research, run)
    told = run.model_copy(update={"skipped": (Skipped(probe="capability:*", kind="slow_capabilities"),)})
    assert enough(research, told)
    assert open_ or ("capability:debug-nan", "pytorch") in skippable(research, run)


@pytest.mark.parametrize(
    ("probe", "route", "metric", "kept"),
    [
        ("cnn-training", "framework", "peak-memory", True),
        ("cnn-training", "framework", "recompile-time", True),
        ("cnn-training", "framework", "latency", False),
        ("route:*", "own", "peak-memory", False),
    ],
)
def test_memory_and_other_shapes_are_measured_where_a_criterion_rests_on_them_alone(
    probe: str, route: str, metric: str, kept: bool
) -> None:
    asked = Evidence.model_validate({"measured": {"probe": probe, "route": route, "metric": metric}})
    of = criterion("invented").model_copy(update={"evidence": (asked,)})
    needed = load_profile("research")
    plan = narrowed(WHOLE, replace(needed, wishes=(*needed.wishes, wish(of, 0.1, 0.0, 1.0))))
    assert bool(plan.pace.apart) is kept
    told = {each.probe for each in plan.skipped if each.kind == "not_asked_apart"}
    assert told == (set() if kept else {c.probe for c in plan.cells if c.workload.task in ("training", "inference")})
    assert narrowed(replace(WHOLE, pace=replace(WHOLE.pace, apart=0)), needed).pace.apart == 0
