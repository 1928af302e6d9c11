//! The arithmetic of the wages pipeline for Shanghai in September 2026, written out by hand in fen: what columns are
//! measured against. No check for overflow, no fact left out, no other place or month.

pub(crate) const INPUTS: usize = 10;
pub(crate) const OUTPUTS: usize = 14;
/// Rows of a block, whose outputs stand goal by goal.
const BLOCK: usize = 512;

/// Millionths.
const INJURY: [i64; 8] = [2_000, 4_000, 7_000, 9_000, 11_000, 13_000, 16_000, 19_000];
/// Rate in hundredths, quick deduction in fen. The scale is continuous and its rates rise, so that the band which holds an
/// amount is the one that taxes it most: no search, and no branch to guess wrong.
const BANDS: [(i64, i64); 7] =
    [(3, 0), (10, 252_000), (20, 1_692_000), (25, 3_192_000), (30, 5_292_000), (35, 8_592_000), (45, 18_192_000)];

/// Half up, of what is not below nought.
fn share(base: i64, millionths: i64) -> i64 {
    (base * millionths + 500_000) / 1_000_000
}

/// Where an output of a row stands.
pub(crate) fn position(rows: usize, output: usize, row: usize) -> usize {
    let start = row / BLOCK * BLOCK;
    start * OUTPUTS + output * BLOCK.min(rows - start) + (row - start)
}

/// All rows: block by block, goal by goal.
pub(crate) fn run(inputs: &[Vec<i64>]) -> Vec<i64> {
    let rows = inputs[0].len();
    let mut cells = vec![0; rows * OUTPUTS];
    for (start, out) in (0..rows).step_by(BLOCK).zip(cells.chunks_mut(BLOCK * OUTPUTS)) {
        let many = BLOCK.min(rows - start);
        let columns: [&[i64]; INPUTS] = std::array::from_fn(|at| &inputs[at][start..start + many]);
        let mut out = out.chunks_mut(many);
        let mut out: [&mut [i64]; OUTPUTS] = std::array::from_fn(|_| out.next().unwrap_or_default());
        for row in 0..many {
            let cells = worker(columns.map(|column| column[row]));
            for (out, cell) in out.iter_mut().zip(cells) {
                out[row] = cell;
            }
        }
    }
    cells
}

#[inline(always)]
fn worker(row: [i64; INPUTS]) -> [i64; OUTPUTS] {
    let [wage, declared, fund_declared, fund_rate, class, months, additional, prior_income, prior_special, withheld] =
        row;
    let base = declared.clamp(754_600, 3_773_100);
    let pension = (share(base, 80_000), share(base, 160_000));
    let medical = (share(base, 20_000), share(base, 90_000));
    let unemployment = share(base, 5_000);
    let injury = share(base, INJURY[usize::try_from(class).unwrap_or(0) % 8]);
    // To the whole yuan.
    let fund = (fund_declared.clamp(274_000, 3_773_100) * fund_rate + 50_000_000) / 100_000_000 * 100;
    let special = pension.0 + medical.0 + unemployment + fund;
    let taxable = prior_income + wage - 500_000 * months - (prior_special + special) - additional;
    let taxable = taxable.max(0);
    let tax = BANDS.into_iter().fold(0, |most, (rate, quick)| most.max(taxable * rate - quick * 100));
    let tax = (tax + 50) / 100;
    let due = (tax - withheld).max(0);
    let firm = pension.1 + medical.1 + unemployment + injury;
    [
        pension.0,
        pension.1,
        medical.0,
        medical.1,
        unemployment,
        unemployment,
        injury,
        fund,
        fund,
        special,
        tax,
        due,
        wage - special - due,
        wage + firm + fund,
    ]
}
