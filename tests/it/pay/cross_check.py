"""Computes the made-up firm's six months a second time, from the cells of its rosters and the table below, and compares
every amount with what the program wrote, to the fen: cross_check.py FOLDER. Ends with 1 where anything differs.

Rates and bases are stated here as the cities announced them, and are read from nowhere else."""

import csv, json, sys
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal as D
from pathlib import Path

# Floor and ceiling of the bases of insurance, of medical insurance where it has its own, and of the housing fund; the step
# that the fund is rounded to; percent of medical and unemployment insurance, worker and employer, and yuan of large-sum
# medical. What changes within the year stands by the month since when. The pension is 8 and 16 percent everywhere.
CITIES = {
    "北京市": dict(bases={1: (7162, 35811), 7: (7270, 36348)}, fund={1: (2540, 35811), 7: (2540, 36348)}, step="0.01",
                medical=("2", "9.8"), jobless=("0.5", "0.5"), large={1: 3}),
    "上海市": dict(bases={1: (7460, 37302), 7: (7546, 37731)}, fund={1: (2740, 37302), 7: (2740, 37731)}, step="1",
                medical=("2", "9"), jobless=("0.5", "0.5")),
    "昆明市": dict(bases={1: (4403, 22017)}, medical_bases={1: (4357, 21789), 9: (4403, 22017)},
                fund={1: (2170, 32543), 9: (2270, 32543)}, step="1",
                medical=("2", "7.9"), jobless=("0.3", "0.7"), large={1: 0, 9: 1}),
    "成都市": dict(bases={1: (4699, 23493)}, fund={1: (2330, 32969)}, step="0.01",
                medical=("2", "8.3"), jobless=("0.4", "0.6"), injury={1: "0.2", 7: "0.24"}),
}
INJURY = ["0.2", "0.4", "0.7", "0.9", "1.1", "1.3", "1.6", "1.9"]  # percent, by class of industry
SEVERANCE_CAP = {"北京市": D(188413) * 3 / 12, "上海市": D(12577) * 3}
YEAR = [(36000, 3, 0), (144000, 10, 2520), (300000, 20, 16920), (420000, 25, 31920), (660000, 30, 52920),
        (960000, 35, 85920), (10**12, 45, 181920)]
MONTH = [(3000, 3, 0), (12000, 10, 210), (25000, 20, 1410), (35000, 25, 2660), (55000, 30, 4410), (80000, 35, 7160),
         (10**12, 45, 15160)]
SERVICE = [(20000, 20, 0), (50000, 30, 2000), (10**12, 40, 7000)]


def rounded(value, step="0.01"):
    return (value / D(step)).quantize(D(1), ROUND_HALF_UP) * D(step)


def band(table, taxable, by=None):
    """Rate by the band of one sum, on another."""
    _, rate, quick = next(row for row in table if (taxable if by is None else by) <= row[0])
    return rounded(taxable * rate / 100 - quick)


def lines(city, month, base, fund_base, fund_rate, klass, injury_only):
    """What both sides contribute."""
    place = CITIES[city]
    since = lambda values: values[max(first for first in values if first <= month)]
    within = lambda bounds: lambda value: min(max(value, D(bounds[0])), D(bounds[1]))
    insured = within(since(place["bases"]))(base)
    injury = since(place["injury"]) if "injury" in place else INJURY[klass - 1]
    found = {"工伤保险（单位）": rounded(insured * D(injury) / 100)}
    if injury_only:
        return found
    medical = within(since(place.get("medical_bases", place["bases"])))(base)
    fund = rounded(within(since(place["fund"]))(fund_base) * fund_rate, place["step"])
    large = since(place.get("large", {1: 0}))
    for at, side, pension, fixed in [(0, "个人", 8, large), (1, "单位", 16, 0)]:
        found[f"基本养老保险（{side}）"] = rounded(insured * pension / 100)
        found[f"基本医疗保险（{side}）"] = rounded(medical * D(place["medical"][at]) / 100 + fixed)
        found[f"失业保险（{side}）"] = rounded(insured * D(place["jobless"][at]) / 100)
        found[f"住房公积金（{side}）"] = fund
    return found


def severance(row, hired, left):
    """A month's wage for each year, of half a year and more one, of less a half; both days were worked."""
    if row["解除终止事由"] != "用人单位提出的协商一致解除":
        return D(0)
    wage, cap, after = D(row["前12个月月均工资"]), SEVERANCE_CAP[row["参保地"]], left + timedelta(1)
    months = (after.year - hired.year) * 12 + after.month - hired.month - (after.day < hired.day)
    years, rest = divmod(months, 12)
    half = D("0.5") if rest or after.day != hired.day else 0
    count = years + (1 if rest >= 6 else half)
    return rounded(min(count, 12) * cap if wage > cap else count * wage)


class Person:
    """What is carried from month to month."""

    def __init__(self):
        self.income = self.special = self.other = self.withheld = D(0)
        # Of people who work through a platform: the last month with income, and the unbroken run of them.
        self.last, self.gap, self.run, self.run_income, self.run_withheld = None, False, 0, D(0), D(0)

    def cumulative(self, income, months):
        self.income += income
        tax = max(D(0), band(YEAR, max(D(0), self.income * D("0.8") - 5000 * months)) - self.withheld)
        self.withheld += tax
        return tax

    def platform(self, reading, income, month, first):
        if self.last and self.last != month - 1:
            self.gap, self.run, self.run_income, self.run_withheld = True, 0, D(0), D(0)
        self.last, self.run, self.run_income = month, self.run + 1, self.run_income + income
        if self.gap and reading == "都重新起算":
            tax = max(D(0), band(YEAR, max(D(0), self.run_income * D("0.8") - 5000 * self.run)) - self.run_withheld)
        else:
            calendar = self.gap and reading == "都不重新起算"
            tax = self.cumulative(income, month - first + 1 if calendar else self.run)
        self.run_withheld += tax
        return tax

    def month(self, row, month):
        cell = lambda heading: D(row[heading] or 0)
        percent = lambda heading: D((row[heading] or "0").rstrip("%")) / 100
        kind, hired = row["用工形式"], date.fromisoformat(row["任职受雇日期"])
        found, own, apart = {}, D(0), D(0)
        if kind in ("实习", "平台", "劳务"):
            gross = taxed = cell("劳务报酬")
            if kind == "平台":
                tax = self.platform(row["中断读法"], gross, month, hired.month)
            elif kind == "实习" and row["全日制在读"] == "是":
                tax = self.cumulative(gross, month - hired.month + 1)
            else:
                tax = band(SERVICE, max(D(0), gross - 800) if gross <= 4000 else gross * D("0.8"))
        else:
            left = row["离职日期"] and date.fromisoformat(row["离职日期"])
            # Divided last, so that half a fen stays one.
            days = monthrange(2026, month)[1]
            here = days + 1 - hired.day if row["折算方式"] else days
            hourly = lambda hours, rate: rounded((cell("基本工资") + cell("岗位工资")) * hours * rate / (D("21.75") * 8))
            rest = max(D(0), cell("休息日加班小时") - cell("补休小时"))
            wages = sum(rounded(cell(item) * here / days) for item in ["基本工资", "岗位工资"])
            wages += hourly(cell("平日加班小时"), D("1.5")) + hourly(rest, 2) + hourly(cell("法定节假日加班小时"), 3)
            wages += rounded(cell("计酬小时") * cell("小时计酬标准"))
            wages += sum(map(cell, ["绩效工资", "夜班津贴", "高温津贴", "伙食补贴", "奖金"]))
            absent = hourly(cell("病假小时"), 1 - percent("病假工资比例")) + hourly(cell("事假小时"), 1)
            missed = absent + cell("缺勤扣款")
            taxed = wages - missed
            bonus = cell("全年一次性奖金")
            gross = taxed + cell("独生子女补贴") + cell("差旅费津贴") + bonus + severance(row, hired, left)
            apart = band(MONTH, bonus, bonus / 12)
            # Who joins in the month is insured on what it pays; over age there is injury insurance since July.
            base = cell("社保缴费基数") if row["社保缴费基数"] else wages + bonus - missed
            fund_base = cell("公积金缴存基数") if row["公积金缴存基数"] else wages + bonus - missed
            employed = kind in ("全日制", "劳务派遣")
            if kind != "超龄" or month >= 7:
                rate, klass = percent("公积金缴存比例"), int(row["工伤行业类别"])
                found = lines(row["参保地"], month, base, fund_base, rate, klass, not employed)
            own = sum(amount for name, amount in found.items() if "个人" in name)
            self.income += taxed + cell("期初累计收入")
            self.special += own + cell("期初累计专项扣除")
            self.withheld += cell("期初累计已预扣税额")
            self.other += min(cell("企业(职业)年金"), rounded(base * D("0.04"))) + min(cell("商业健康保险"), 200)
            other = self.other + min(cell("累计个人养老金"), 12000)
            first = 1 if hired.year < 2026 or row["本年首次取得工资"] == "是" else hired.month
            basic = D(60000 if row["上年收入不超六万"] == "是" else 5000 * (month - first + 1))
            additional = cell("累计专项附加扣除") + cell("累计子女教育") + cell("累计赡养老人")
            taxable = self.income - self.special - basic - additional - other
            tax = max(D(0), band(YEAR, max(D(0), taxable)) - self.withheld)
            self.withheld += tax
            found |= {"累计收入": self.income, "累计减除费用": basic, "累计专项扣除": self.special, "累计其他扣除": other,
                      "累计专项附加扣除": additional, "累计应纳税所得额": taxable}
        tax += apart
        employer = sum(amount for name, amount in found.items() if "单位" in name)
        net = gross - own - tax - cell("其他扣款") - cell("赔偿损失扣款")
        return found | {"应发工资": gross, "应税收入": taxed, "个人缴费合计": own, "个人所得税": tax,
                        "用人单位成本": gross + employer, "实发工资": net}


def main(folder):
    people, compared, differing = {}, 0, 0

    def compare(who, what, ours, theirs):
        nonlocal compared, differing
        compared += 1
        if ours != theirs:
            differing += 1
            print(f"{who} {what}: here {ours}, there {theirs}")

    def read(name, month):
        with (folder / f"{name}-{month:02}.csv").open(encoding="utf-8-sig") as file:
            return [defaultdict(str, row) for row in csv.DictReader(file)]

    is_line = lambda name: name.endswith(("（个人）", "（单位）"))
    for month in range(4, 10):
        figures, sums = {row["工号"]: row for row in read("figures", month)}, defaultdict(D)
        roster = read("roster", month)
        compare(month, "people", sorted(row["工号"] for row in roster), sorted(figures))
        for row in roster:
            who, theirs = f"{month} {row['工号']} {row['用工形式']} {row['参保地']}", figures[row["工号"]]
            found = people.setdefault(row["工号"], Person()).month(row, month)
            for name, amount in found.items():
                compare(who, name, rounded(amount), D(theirs[name]))
                sums[name] += amount
            lines_of_theirs = {name for name, cell in theirs.items() if is_line(name) and cell}
            compare(who, "lines", {name for name in found if is_line(name)}, lines_of_theirs)
        totals = json.loads((folder / f"run-{month:02}.json").read_text(encoding="utf-8"))["totals"]
        for name, key in [("应发工资", "gross"), ("个人所得税", "tax"), ("实发工资", "net"), ("用人单位成本", "employer_cost")]:
            compare(month, f"total {key}", sums[name], D(totals[key]))
        contributed = sum(amount for name, amount in sums.items() if is_line(name))
        compare(month, "total of all lines", contributed, sum(map(D, totals["lines"].values())))
    print(f"{compared} amounts compared, {differing} differ")
    return 1 if differing or not compared else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
