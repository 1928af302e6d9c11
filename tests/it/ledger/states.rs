//! The life of a run: who may take which step from where, and what stays when something is taken back.

use gongche::store::{CommitOutcome, Mode, Problem, RunKey, State, Step, StoreError, Submission};

use super::{BOOK, Bench, PAYER, act, count, header, key, slip};

fn september() -> RunKey {
    key(PAYER, "2026-09", 1)
}

fn preview(bench: &Bench, run: &RunKey, digest: &str, by: &str) -> Result<Vec<State>, StoreError> {
    bench.ledger.record_previews(&[(run.clone(), digest.to_owned())], &act(by))
}

/// Lets a run of one slip through.
fn release(bench: &Bench, run: &RunKey, digest: &str, by: &str, replace: bool) -> Result<CommitOutcome, StoreError> {
    bench.ledger.keep_book(BOOK, b"canonical").unwrap();
    let header = header(run.clone(), "2026-09-30");
    let slips = [slip("A001", digest)];
    let submission = Submission { header: &header, slips: &slips, openings: &[], digest, book: None };
    let act = act(by);
    let mode = if replace { Mode::Replace(&act) } else { Mode::Approve(&act) };
    bench.ledger.commit_runs(&[submission], mode).map(|outcomes| outcomes[0].clone())
}

fn advance(bench: &Bench, step: Step) -> Result<State, StoreError> {
    bench.ledger.advance(&[september()], step, &act("样例主管")).map(|states| states[0])
}

fn state(bench: &Bench) -> State {
    bench.ledger.standing(&september()).unwrap().state()
}

/// Previewed by 甲, approved by 乙.
fn approved() -> Option<Bench> {
    let bench = Bench::with_approval()?;
    preview(&bench, &september(), "1", "样例甲").unwrap();
    release(&bench, &september(), "1", "样例乙", false).unwrap();
    Some(bench)
}

#[test]
fn a_run_goes_from_draft_to_closed_and_each_step_says_who() {
    let Some(bench) = Bench::with_approval() else { return };
    assert_eq!(state(&bench), State::Draft);
    assert_eq!(preview(&bench, &september(), "1", "样例甲").unwrap(), [State::Previewed]);
    assert_eq!(state(&bench), State::Previewed);
    assert_eq!(count(&bench.path(), "SELECT count(*) FROM slip"), 0, "a preview keeps nothing but its digest");
    release(&bench, &september(), "1", "样例乙", false).unwrap();
    assert_eq!(state(&bench), State::Approved);
    assert_eq!(advance(&bench, Step::Pay).unwrap(), State::Paid);
    assert_eq!(advance(&bench, Step::Close).unwrap(), State::Closed);

    let steps = bench.ledger.transitions(&september()).unwrap();
    let told: Vec<_> = steps.iter().map(|one| (one.from, one.to, one.act.by.as_str())).collect();
    assert_eq!(
        told,
        [
            (State::Previewed, State::Approved, "样例乙"),
            (State::Approved, State::Paid, "样例主管"),
            (State::Paid, State::Closed, "样例主管")
        ]
    );
    assert!(steps.iter().all(|one| !one.act.at.is_empty() && !one.act.why.is_empty()));
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}

#[test]
fn approval_needs_a_fresh_preview() {
    let Some(bench) = Bench::with_approval() else { return };
    let none = release(&bench, &september(), "1", "样例乙", false).unwrap_err();
    assert!(matches!(none.problem, Problem::NoPreview { .. }), "{none}");
    preview(&bench, &september(), "1", "样例甲").unwrap();
    let stale = release(&bench, &september(), "2", "样例乙", false).unwrap_err();
    assert!(matches!(stale.problem, Problem::StalePreview { .. }), "{stale}");
    assert!(stale.to_string().contains("样例甲"), "{stale}");
    assert_eq!(count(&bench.path(), "SELECT count(*) FROM run"), 0);
    // A later preview takes the place of the one before.
    preview(&bench, &september(), "2", "样例甲").unwrap();
    let stale = release(&bench, &september(), "1", "样例乙", false).unwrap_err();
    assert!(matches!(stale.problem, Problem::StalePreview { .. }), "{stale}");
    release(&bench, &september(), "2", "样例乙", false).unwrap();
}

#[test]
fn nobody_approves_what_he_prepared() {
    let Some(bench) = Bench::with_approval() else { return };
    preview(&bench, &september(), "1", "样例甲").unwrap();
    for by in ["样例甲", " 样例甲 "] {
        let own = release(&bench, &september(), "1", by, false).unwrap_err();
        assert!(matches!(own.problem, Problem::OwnApproval { .. }), "{own}");
        assert!(own.to_string().contains("自报"), "{own}");
    }
    assert_eq!(state(&bench), State::Previewed);
}

#[test]
fn a_preview_serves_one_approval() {
    let Some(bench) = approved() else { return };
    let twice = release(&bench, &september(), "1", "样例乙", false).unwrap_err();
    assert!(matches!(twice.problem, Problem::WrongState { state: State::Approved, .. }), "{twice}");
    let unseen = release(&bench, &september(), "1", "样例乙", true).unwrap_err();
    assert!(matches!(unseen.problem, Problem::NoPreview { .. }), "{unseen}");
}

#[test]
fn a_step_from_the_wrong_state_is_refused_and_says_what_can_be_done() {
    let Some(bench) = approved() else { return };
    let early = advance(&bench, Step::Close).unwrap_err();
    let message = early.to_string();
    assert!(matches!(early.problem, Problem::WrongState { .. }), "{message}");
    assert!(message.contains("已批准，不能关账") && message.contains("发放"), "{message}");
    advance(&bench, Step::Pay).unwrap();
    let twice = advance(&bench, Step::Pay).unwrap_err();
    assert!(matches!(twice.problem, Problem::WrongState { state: State::Paid, .. }), "{twice}");
    assert_eq!(state(&bench), State::Paid);
}

#[test]
fn a_closed_period_takes_nothing_more() {
    let Some(bench) = approved() else { return };
    advance(&bench, Step::Pay).unwrap();
    // Before it is closed, an off-cycle run may be added.
    let bonus = key(PAYER, "2026-09", 2);
    preview(&bench, &bonus, "3", "样例甲").unwrap();
    release(&bench, &bonus, "3", "样例乙", false).unwrap();
    advance(&bench, Step::Close).unwrap();
    for run in [september(), key(PAYER, "2026-09", 3)] {
        let closed = preview(&bench, &run, "2", "样例甲").unwrap_err();
        assert!(matches!(closed.problem, Problem::PeriodClosed { .. }), "{closed}");
        assert!(closed.to_string().contains("已关账"), "{closed}");
    }
    let void = advance(&bench, Step::Void).unwrap_err();
    assert!(matches!(void.problem, Problem::PeriodClosed { .. }), "{void}");
    // The month after is another matter; so is another payer.
    preview(&bench, &key(PAYER, "2026-10", 1), "4", "样例甲").unwrap();
    preview(&bench, &key("别家", "2026-09", 1), "5", "样例甲").unwrap();
}

#[test]
fn what_is_reopened_and_replaced_leaves_the_old_rows_standing() {
    let Some(bench) = approved() else { return };
    advance(&bench, Step::Pay).unwrap();
    advance(&bench, Step::Close).unwrap();
    assert_eq!(advance(&bench, Step::Reopen).unwrap(), State::Reopened);
    preview(&bench, &september(), "2", "样例甲").unwrap();
    assert_eq!(state(&bench), State::Reopened, "a preview changes nothing of what stands");
    let outcome = release(&bench, &september(), "2", "样例乙", false).unwrap();
    assert!(matches!(outcome, CommitOutcome::Committed { replaced: Some(_), .. }), "{outcome:?}");
    // Once more, this time without reopening.
    preview(&bench, &september(), "3", "样例甲").unwrap();
    release(&bench, &september(), "3", "样例乙", true).unwrap();

    let run = bench.ledger.run(&september()).unwrap().unwrap();
    assert_eq!((run.version, run.state), (3, State::Approved));
    let slips = bench.ledger.slips_of(&september()).unwrap();
    assert_eq!(slips.iter().map(|one| one.record.carried["tax.wages.tax"].as_str()).collect::<Vec<_>>(), ["3"]);
    assert_eq!(count(&bench.path(), "SELECT count(*) FROM slip"), 3);
    let states: Vec<_> = bench.ledger.transitions(&september()).unwrap().into_iter().map(|one| one.to).collect();
    use State::{Approved, Closed, Paid, Reopened, Replaced};
    assert_eq!(states, [Approved, Paid, Closed, Reopened, Replaced, Approved, Replaced, Approved]);
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}

#[test]
fn a_void_run_no_longer_counts_and_still_stands() {
    let Some(bench) = approved() else { return };
    assert_eq!(advance(&bench, Step::Void).unwrap(), State::Void);
    assert_eq!(bench.ledger.slips_of(&september()).unwrap(), []);
    assert_eq!(count(&bench.path(), "SELECT count(*) FROM slip"), 1);
    let old = bench.ledger.run(&september()).unwrap().unwrap();
    assert_eq!((old.version, old.state), (2, State::Void));
    // It can be made anew.
    preview(&bench, &september(), "2", "样例甲").unwrap();
    release(&bench, &september(), "2", "样例乙", false).unwrap();
    assert_eq!(state(&bench), State::Approved);
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}

#[test]
fn several_runs_take_a_step_together_or_not_at_all() {
    let Some(bench) = approved() else { return };
    let missing = bench.ledger.advance(&[september(), key("别家", "2026-09", 1)], Step::Pay, &act("样例主管"));
    assert!(matches!(missing.unwrap_err().problem, Problem::WrongState { state: State::Draft, .. }));
    assert_eq!(state(&bench), State::Approved);
}

#[test]
fn a_ledger_is_with_approval_or_without() {
    let Some(bench) = Bench::new() else { return };
    assert!(matches!(bench.ledger.require_approval().unwrap_err().problem, Problem::NotEmpty));
    let unknown = preview(&bench, &september(), "1", "样例甲").unwrap_err();
    assert!(matches!(unknown.problem, Problem::ApprovalUnknown), "{unknown}");
    let unknown = release(&bench, &september(), "1", "样例乙", false).unwrap_err();
    assert!(matches!(unknown.problem, Problem::ApprovalUnknown), "{unknown}");

    let Some(bench) = Bench::with_approval() else { return };
    assert!(bench.ledger.requires_approval().unwrap());
    bench.ledger.require_approval().unwrap();
    bench.ledger.keep_book(BOOK, b"canonical").unwrap();
    let required = bench.ledger.commit_run(&header(september(), "2026-09-30"), &[], false).unwrap_err();
    assert!(matches!(required.problem, Problem::ApprovalRequired), "{required}");
}

#[test]
fn what_was_paid_in_one_step_is_not_replaced_in_one() {
    let Some(bench) = Bench::new() else { return };
    let september = header(september(), "2026-09-30");
    let run_id = bench.commit(&september, &[slip("A001", "1")]);
    bench.ledger.advance(std::slice::from_ref(&september.key), Step::Pay, &act("样例出纳")).unwrap();
    let again = bench.ledger.commit_run(&september, &[slip("A001", "1")], false).unwrap();
    assert_eq!(again, CommitOutcome::AlreadyThere { run_id }, "the same once more is no change");
    let other = bench.ledger.commit_run(&september, &[slip("A001", "2")], true).unwrap_err();
    assert!(matches!(other.problem, Problem::WrongState { state: State::Paid, .. }), "{other}");
    bench.ledger.advance(std::slice::from_ref(&september.key), Step::Close, &act("样例出纳")).unwrap();
    let closed = bench.ledger.commit_run(&september, &[slip("A001", "2")], true).unwrap_err();
    assert!(matches!(closed.problem, Problem::PeriodClosed { .. }), "{closed}");
    bench.ledger.advance(std::slice::from_ref(&september.key), Step::Reopen, &act("样例出纳")).unwrap();
    bench.commit(&september, &[slip("A001", "2")]);
    assert_eq!(bench.ledger.verify().unwrap().fault, None);
}
