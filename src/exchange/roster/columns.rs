//! The columns of a roster: what each is called, what it holds, whether it must be there.

use crate::exchange::text::heading_key;

/// A column of the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "`COLUMNS` says what each is")]
pub enum Field {
    WorkerNo,
    Name,
    IdKind,
    IdNumber,
    Engagement,
    Post,
    Department,
    Project,
    Payer,
    Part,
    PartContributes,
    InsuredPlace,
    FundPlace,
    WorkPlace,
    Hired,
    Left,
    HostPlace,
    AgencyPlace,
    Idle,
    BaseWage,
    PostWage,
    PerformanceWage,
    Commission,
    FullAttendance,
    OvertimePay,
    NightAllowance,
    HeatAllowance,
    AltitudeAllowance,
    MealAllowance,
    MealsInKind,
    TransportAllowance,
    CommunicationAllowance,
    Clothing,
    Bonus,
    LeavePay,
    BackPay,
    OneChildAllowance,
    TravelAllowance,
    MissedMeals,
    Remuneration,
    PaidHours,
    HourlyRate,
    SettlementDays,
    YearEndBonus,
    Proration,
    HoursSystem,
    SystemApproved,
    OvertimeBase,
    WeekdayHours,
    RestDayHours,
    TimeOffHours,
    HolidayHours,
    SickHours,
    SickRate,
    PersonalHours,
    Ground,
    AverageWage,
    LastMonthWage,
    NoticeGiven,
    LeaveSettled,
    YearsWorked,
    LeaveTaken,
    LeaveWage,
    AbsenceDeduction,
    LossDeduction,
    LossAgreed,
    OtherDeduction,
    InsuranceBase,
    InsuranceFrom,
    FundBase,
    FundRate,
    FundFrom,
    InjuryClass,
    MedicalScheme,
    LocalHousehold,
    AdditionalTotal,
    ChildEducation,
    ContinuingEducation,
    MortgageInterest,
    Rent,
    ElderlySupport,
    InfantCare,
    PersonalPension,
    Annuity,
    HealthInsurance,
    DeferredPension,
    OpeningIncome,
    OpeningSpecial,
    OpeningOther,
    OpeningWithheld,
    FirstWageThisYear,
    LowIncomeLastYear,
    FullTimeStudent,
    ProjectPaid,
    ProjectWithheld,
    AllowedTaxes,
    IncomeBroken,
    BreakReading,
    RunMonths,
    CalendarMonths,
    RunIncome,
    RunWithheld,
    BankAccount,
    Note,
}

/// What the cells of a column hold; it decides format and drop-down in the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text.
    Text,
    /// Digits that are a name and not a quantity: a workbook keeps them as text, or loses some.
    Number,
    /// One of the identity documents of the tax client.
    IdKind,
    /// One of the forms of engagement.
    Engagement,
    /// An amount in yuan, at most two decimals.
    Amount,
    /// A day.
    Date,
    /// A month.
    Month,
    /// A share, `7%` or `0.07`.
    Rate,
    /// A class of industry, 1 to 8.
    Class,
    /// A number of hours, at most two decimals.
    Hours,
    /// A whole number.
    Count,
    /// One of the readings of what a month without income does.
    Reading,
    /// A scheme of medical insurance, 一档 to 三档.
    Scheme,
    /// 是 or 否; blank is neither.
    Told,
    /// 是 or 否; blank is 否.
    YesNo,
}

/// What is known of a column.
#[derive(Debug)]
pub struct Column {
    /// Which it is.
    pub field: Field,
    /// Its heading in the template and in messages.
    pub heading: &'static str,
    /// Other headings it is recognised by.
    pub aliases: &'static [&'static str],
    /// What its cells hold.
    pub kind: Kind,
    /// Whether every row must fill it.
    pub required: bool,
    /// What the template says about it.
    pub note: &'static str,
    /// Its cell in the template's made-up row.
    pub example: &'static str,
}

/// Headings that are recognised and not read.
pub(super) const IGNORED: [&str; 1] = ["序号"];

/// A row with this 工号 is the template's made-up one and is left out.
pub(super) const SAMPLE: &str = "样例";

/// The columns that are pay items beside the pay for the work itself, and the member of the rules that each is.
pub(super) const ITEMS: [(Field, &str); 20] = [
    (Field::PostWage, "post"),
    (Field::PerformanceWage, "performance"),
    (Field::Commission, "commission"),
    (Field::FullAttendance, "full_attendance"),
    (Field::OvertimePay, "overtime"),
    (Field::NightAllowance, "night"),
    (Field::HeatAllowance, "heat"),
    (Field::AltitudeAllowance, "high_altitude"),
    (Field::MealAllowance, "meals"),
    (Field::MealsInKind, "meals_in_kind"),
    (Field::TransportAllowance, "transport"),
    (Field::CommunicationAllowance, "communication"),
    (Field::Clothing, "clothing"),
    (Field::Bonus, "bonus"),
    (Field::LeavePay, "leave_pay"),
    (Field::BackPay, "back_pay"),
    (Field::OneChildAllowance, "one_child"),
    (Field::TravelAllowance, "travel"),
    (Field::MissedMeals, "missed_meal"),
    (Field::YearEndBonus, "year_end_bonus"),
];

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

/// All columns, in the template's order, which is the order of [`Field`].
#[rustfmt::skip]
pub const COLUMNS: [Column; 104] = [
    column(Field::WorkerNo, "工号", &["员工编号", "人员编号", "员工工号"], Kind::Number, REQUIRED,
        "本单位内不得重复；不得含 / \\ : * ? \" < > |，最长 64 个字符。填“样例”的行不参与核算。", SAMPLE),
    column(Field::Name, "姓名", &["员工姓名", "人员姓名"], Kind::Text, REQUIRED,
        "与证件一致；生僻字可直接填写。", "样例人员"),
    column(Field::IdKind, "证件类型", &["证照类型", "身份证件类型"], Kind::IdKind, REQUIRED,
        "与自然人电子税务局扣缴端一致。", "居民身份证"),
    column(Field::IdNumber, "证件号码", &["证照号码", "身份证号", "身份证号码", "身份证件号码"], Kind::Number, REQUIRED,
        "居民身份证填 18 位。单元格须为文本格式，否则 Excel 会丢失末几位。", "530102199001010028"),
    column(Field::Engagement, "用工形式", &["用工类型"], Kind::Engagement, REQUIRED,
        "决定社会保险、最低工资和个人所得税的算法。", "全日制"),
    column(Field::Post, "岗位", &["岗位名称", "职位"], Kind::Text, OPTIONAL, "", "接线员"),
    column(Field::Department, "部门", &["所属部门"], Kind::Text, OPTIONAL, "", "话务一组"),
    column(Field::Project, "项目", &["所属项目", "项目名称"], Kind::Text, OPTIONAL, "", "样例热线"),
    column(Field::Payer, "扣缴义务人", &["发薪单位", "扣缴单位"], Kind::Text, OPTIONAL,
        "发放工资并扣缴个税的单位全称。可以整列不填，改在命令行用 --employer 指定。", "样例服务外包有限公司"),
    column(Field::Part, "笔次", &["第几笔"], Kind::Count, OPTIONAL,
        "同一人本期分几笔支付的，一笔一行，从 1 起连续填；工号相同。不填即 1。", ""),
    column(Field::PartContributes, "本笔缴社保公积金", &[], Kind::Told, OPTIONAL,
        "本期的社保和公积金只随一笔缴。都不填即随第 1 笔；各笔参保地或缴存地不同的，须在应缴的一笔填是。", ""),
    column(Field::InsuredPlace, "参保地", &["社保参保地", "社保缴纳地"], Kind::Text, REQUIRED,
        "城市名称或六位行政区划代码，如“昆明市”或“530100”。", "昆明市"),
    column(Field::FundPlace, "公积金缴存地", &["住房公积金缴存地"], Kind::Text, OPTIONAL,
        "不填则与参保地相同。", ""),
    column(Field::WorkPlace, "工作地", &["工作地点"], Kind::Text, OPTIONAL,
        "不填则与参保地相同；最低工资按工作地。", ""),
    column(Field::Hired, "任职受雇日期", &["入职日期", "任职受雇从业日期"], Kind::Date, REQUIRED,
        "与扣缴端人员信息采集一致，如 2026-03-01。", "2026-03-01"),
    column(Field::Left, "离职日期", &[], Kind::Date, OPTIONAL, "在职不填。", ""),
    column(Field::HostPlace, "用工单位所在地", &["用工地"], Kind::Text, OPTIONAL,
        "只用于劳务派遣：应在这里参保，最低工资按这里。", ""),
    column(Field::AgencyPlace, "派遣单位所在地", &[], Kind::Text, OPTIONAL,
        "只用于劳务派遣：待派遣期间的最低工资按这里；不填则与参保地相同。", ""),
    column(Field::Idle, "待派遣", &["无工作期间"], Kind::YesNo, OPTIONAL,
        "只用于劳务派遣。是：本月没有派遣，报酬不低于派遣单位所在地最低工资。", ""),
    column(Field::BaseWage, "基本工资", &["基本薪资"], Kind::Amount, REQUIRED,
        "本期应发；最多两位小数，下同。非全日制填了小时和标准的、实习、平台、劳务填了劳务报酬的，可以空着。", "3200"),
    column(Field::PostWage, "岗位工资", &["岗位津贴"], Kind::Amount, OPTIONAL, "", ""),
    column(Field::PerformanceWage, "绩效工资", &["绩效"], Kind::Amount, OPTIONAL, "", "600"),
    column(Field::Commission, "提成", &["业绩提成", "销售提成"], Kind::Amount, OPTIONAL, "", ""),
    column(Field::FullAttendance, "全勤奖", &[], Kind::Amount, OPTIONAL, "", ""),
    column(Field::OvertimePay, "加班工资", &["加班费"], Kind::Amount, OPTIONAL,
        "已在别处算好的加班工资；不计入与最低工资相比的工资。", ""),
    column(Field::NightAllowance, "夜班津贴", &["夜班补贴"], Kind::Amount, OPTIONAL,
        "不计入与最低工资相比的工资。", "200"),
    column(Field::HeatAllowance, "高温津贴", &["高温补贴"], Kind::Amount, OPTIONAL,
        "不计入与最低工资相比的工资。", ""),
    column(Field::AltitudeAllowance, "高原津贴", &["高海拔津贴"], Kind::Amount, OPTIONAL,
        "不计入与最低工资相比的工资。", ""),
    column(Field::MealAllowance, "伙食补贴", &["餐补", "饭贴"], Kind::Amount, OPTIONAL,
        "以现金按月发放的；计税。", ""),
    column(Field::MealsInKind, "实物伙食", &[], Kind::Amount, OPTIONAL,
        "发给个人的餐卡等的价值：计税，不计入实发。集体供餐不填。", ""),
    column(Field::TransportAllowance, "交通补贴", &["车补"], Kind::Amount, OPTIONAL, "按月发放的；计税。", ""),
    column(Field::CommunicationAllowance, "通讯补贴", &["话补"], Kind::Amount, OPTIONAL, "按月发放的；计税。", ""),
    column(Field::Clothing, "服装费", &[], Kind::Amount, OPTIONAL, "以现金发放的；计税。工作服不填。", ""),
    column(Field::Bonus, "奖金", &["当月奖金"], Kind::Amount, OPTIONAL,
        "并入当月工资薪金的奖金；全年一次性奖金不填在这里。", ""),
    column(Field::LeavePay, "年休假工资报酬", &["未休年休假工资"], Kind::Amount, OPTIONAL,
        "应休未休年休假在正常工资之外支付的 200% 部分。", ""),
    column(Field::BackPay, "补发工资", &[], Kind::Amount, OPTIONAL, "补发以前月份的；并入发放当月计税。", ""),
    column(Field::OneChildAllowance, "独生子女补贴", &[], Kind::Amount, OPTIONAL, "不计税。", ""),
    column(Field::TravelAllowance, "差旅费津贴", &["出差补贴"], Kind::Amount, OPTIONAL, "不计税。", ""),
    column(Field::MissedMeals, "误餐补助", &[], Kind::Amount, OPTIONAL,
        "因公误餐、按实际次数和标准的；不计税。", ""),
    column(Field::Remuneration, "劳务报酬", &["实习报酬", "报酬"], Kind::Amount, OPTIONAL,
        "只用于实习、平台、劳务：本次支付的报酬，不含增值税。", ""),
    column(Field::PaidHours, "计酬小时", &["工时", "工作小时"], Kind::Hours, OPTIONAL,
        "非全日制：本期计酬的小时数。", ""),
    column(Field::HourlyRate, "小时计酬标准", &["时薪", "小时工资"], Kind::Amount, OPTIONAL,
        "非全日制：元/小时；不低于当地小时最低工资。", ""),
    column(Field::SettlementDays, "结算周期天数", &["结算周期"], Kind::Count, OPTIONAL,
        "非全日制：不超过 15 天。", ""),
    column(Field::YearEndBonus, "全年一次性奖金", &["年终奖"], Kind::Amount, OPTIONAL,
        "选择单独计税的；一个纳税年度只能一次。选择并入的填在奖金。", ""),
    column(Field::Proration, "折算方式", &["不足月折算方式"], Kind::Text, OPTIONAL,
        "月中入职、离职时基本工资和岗位工资的折算：按计薪日正算、按缺勤日倒扣、按日历日、按工作日；不填即已按本期填写。公式印在工资条上。", ""),
    column(Field::HoursSystem, "工时制度", &[], Kind::Text, OPTIONAL,
        "标准工时制、综合计算工时制、不定时工作制；不填即标准工时制。", ""),
    column(Field::SystemApproved, "特殊工时已批准", &[], Kind::YesNo, OPTIONAL, "", ""),
    column(Field::OvertimeBase, "加班基数", &["加班工资计算基数"], Kind::Amount, OPTIONAL,
        "元/月；不填则为基本工资与岗位工资之和。", ""),
    column(Field::WeekdayHours, "平日加班小时", &["延长工作小时"], Kind::Hours, OPTIONAL, "按 150% 计算。", ""),
    column(Field::RestDayHours, "休息日加班小时", &[], Kind::Hours, OPTIONAL, "减去补休以后按 200% 计算。", ""),
    column(Field::TimeOffHours, "补休小时", &["调休小时"], Kind::Hours, OPTIONAL, "只抵休息日加班。", ""),
    column(Field::HolidayHours, "法定节假日加班小时", &["法定休假日加班小时"], Kind::Hours, OPTIONAL,
        "按 300% 计算，补休不能代替。", ""),
    column(Field::SickHours, "病假小时", &[], Kind::Hours, OPTIONAL, "须同时填病假工资比例。", ""),
    column(Field::SickRate, "病假工资比例", &[], Kind::Rate, OPTIONAL, "填 60% 或 0.6。", ""),
    column(Field::PersonalHours, "事假小时", &[], Kind::Hours, OPTIONAL, "按小时工资扣减。", ""),
    column(Field::Ground, "解除终止事由", &["离职事由"], Kind::Text, OPTIONAL,
        "填了就结算经济补偿，须填离职日期和前12个月月均工资。", ""),
    column(Field::AverageWage, "前12个月月均工资", &["解除前十二个月平均工资"], Kind::Amount, OPTIONAL,
        "应得工资，含加班、奖金、津贴；不满 12 个月的按实际月数。", ""),
    column(Field::LastMonthWage, "上月工资标准", &[], Kind::Amount, OPTIONAL, "没有提前三十日通知的，作为代通知金。", ""),
    column(Field::NoticeGiven, "已提前三十日通知", &[], Kind::YesNo, OPTIONAL, "", ""),
    column(Field::LeaveSettled, "结算年休假", &[], Kind::YesNo, OPTIONAL, "是：离职或年末支付未休年休假报酬。", ""),
    column(Field::YearsWorked, "累计工作年限", &[], Kind::Count, OPTIONAL, "在所有单位的满年数。", ""),
    column(Field::LeaveTaken, "已休年休假天数", &[], Kind::Count, OPTIONAL, "", ""),
    column(Field::LeaveWage, "年休假月均工资", &[], Kind::Amount, OPTIONAL, "前 12 个月剔除加班工资后的月平均。", ""),
    column(Field::AbsenceDeduction, "缺勤扣款", &[], Kind::Amount, OPTIONAL,
        "填正数；在应发中减去。", ""),
    column(Field::LossDeduction, "赔偿损失扣款", &["赔偿扣款"], Kind::Amount, OPTIONAL,
        "填正数；在实发中减去。不超过当月工资的 20%，剩余不低于最低工资。", ""),
    column(Field::LossAgreed, "合同约定赔偿损失", &[], Kind::YesNo, OPTIONAL, "没有约定的不得扣。", ""),
    column(Field::OtherDeduction, "其他扣款", &[], Kind::Amount, OPTIONAL,
        "填正数；在实发中减去。", ""),
    column(Field::InsuranceBase, "社保缴费基数", &["社保基数", "社会保险缴费基数"], Kind::Amount, OPTIONAL,
        "本期入职的人员可以不填，以本期工资为准；其他人员必填。", "4403"),
    column(Field::InsuranceFrom, "社保起缴月", &["社保起缴月份"], Kind::Month, OPTIONAL,
        "如 2026-03；不填则自入职当月起。", ""),
    column(Field::FundBase, "公积金缴存基数", &["公积金基数", "住房公积金缴存基数"], Kind::Amount, OPTIONAL, "", "3800"),
    column(Field::FundRate, "公积金缴存比例", &["公积金比例", "住房公积金缴存比例"], Kind::Rate, OPTIONAL,
        "填 7% 或 0.07；单位与个人相同。", "7%"),
    column(Field::FundFrom, "公积金起缴月", &["公积金起缴月份"], Kind::Month, OPTIONAL,
        "如 2026-03；不填则自入职当月起。", ""),
    column(Field::InjuryClass, "工伤行业类别", &["工伤保险行业类别"], Kind::Class, OPTIONAL,
        "单位的工伤保险行业风险类别，1 至 8。", "1"),
    column(Field::MedicalScheme, "参保档次", &["医疗保险参保档次", "医保档次"], Kind::Scheme, OPTIONAL,
        "参保地的职工医疗保险分档的（如深圳、东莞），填一档、二档或三档；不分档的不填。", ""),
    column(Field::LocalHousehold, "本地户籍", &["参保地户籍"], Kind::Told, OPTIONAL,
        "参保地按户籍区分的（如深圳）填是或否；不填为未说明。", ""),
    column(Field::AdditionalTotal, "累计专项附加扣除", &[], Kind::Amount, OPTIONAL,
        "本年至本期累计；可以只填这一个合计，也可以按下面六项分别填。", ""),
    column(Field::ChildEducation, "累计子女教育", &[], Kind::Amount, OPTIONAL, "本年至本期累计，与扣缴端一致。", ""),
    column(Field::ContinuingEducation, "累计继续教育", &[], Kind::Amount, OPTIONAL, "本年至本期累计。", ""),
    column(Field::MortgageInterest, "累计住房贷款利息", &[], Kind::Amount, OPTIONAL, "本年至本期累计。", ""),
    column(Field::Rent, "累计住房租金", &[], Kind::Amount, OPTIONAL, "本年至本期累计。", ""),
    column(Field::ElderlySupport, "累计赡养老人", &[], Kind::Amount, OPTIONAL, "本年至本期累计。", ""),
    column(Field::InfantCare, "累计3岁以下婴幼儿照护", &["累计婴幼儿照护", "累计三岁以下婴幼儿照护"], Kind::Amount, OPTIONAL,
        "本年至本期累计。", ""),
    column(Field::PersonalPension, "累计个人养老金", &[], Kind::Amount, OPTIONAL, "本年至本期累计。", ""),
    column(Field::Annuity, "企业(职业)年金", &["企业年金", "职业年金"], Kind::Amount, OPTIONAL,
        "本期个人缴费；超过扣除限额的部分照常计税。", ""),
    column(Field::HealthInsurance, "商业健康保险", &[], Kind::Amount, OPTIONAL, "本期保费；超过扣除限额的部分照常计税。", ""),
    column(Field::DeferredPension, "税延养老保险", &["税延商业养老保险"], Kind::Amount, OPTIONAL, "本期可以扣除的部分。", ""),
    column(Field::OpeningIncome, "期初累计收入", &[], Kind::Amount, OPTIONAL,
        "本年 1 月至上期在本单位的累计收入。没有台账（--db）时，年中开始使用须填期初各列。", ""),
    column(Field::OpeningSpecial, "期初累计专项扣除", &[], Kind::Amount, OPTIONAL,
        "本年 1 月至上期个人缴纳的三险一金累计。", ""),
    column(Field::OpeningOther, "期初累计其他扣除", &["期初累计依法确定的其他扣除"], Kind::Amount, OPTIONAL,
        "本年 1 月至上期的年金、商业健康保险、税延养老保险累计（不含个人养老金）。", ""),
    column(Field::OpeningWithheld, "期初累计已预扣税额", &["期初累计已预扣预缴税额"], Kind::Amount, OPTIONAL,
        "本年 1 月至上期已预扣预缴的个税累计。", ""),
    column(Field::FirstWageThisYear, "本年首次取得工资", &[], Kind::YesNo, OPTIONAL,
        "是：本年此前没有在任何单位取得工资薪金，减除费用自 1 月算起。", "否"),
    column(Field::LowIncomeLastYear, "上年收入不超六万", &["上年收入不超6万"], Kind::YesNo, OPTIONAL,
        "是：上一年各月均在本单位预扣预缴，且全年工资薪金收入不超过 6 万元。", "否"),
    column(Field::FullTimeStudent, "全日制在读", &["全日制学历教育在读"], Kind::YesNo, OPTIONAL,
        "只用于实习。是：累计预扣；否：按次预扣。", ""),
    column(Field::ProjectPaid, "同项目当月已付", &[], Kind::Amount, OPTIONAL,
        "只用于劳务：同一项目本月此前已付的报酬，合并为一次。有台账（--db）时不用填。", ""),
    column(Field::ProjectWithheld, "同项目当月已扣税额", &[], Kind::Amount, OPTIONAL, "只用于劳务。", ""),
    column(Field::AllowedTaxes, "允许扣除的税费", &[], Kind::Amount, OPTIONAL, "只用于劳务：附加税费等。", ""),
    column(Field::IncomeBroken, "本年收入中断", &["收入中断"], Kind::YesNo, OPTIONAL,
        "只用于平台。是：本年首次取得收入以后有没有收入的月份。", ""),
    column(Field::BreakReading, "中断读法", &[], Kind::Reading, OPTIONAL,
        "只用于平台：收入中断以后怎样累计没有明文，须选定一种并留存理由。", ""),
    column(Field::RunMonths, "连续月份数", &[], Kind::Count, OPTIONAL,
        "只用于平台：截至本月连续取得收入的月份数。有台账（--db）时不用填。", ""),
    column(Field::CalendarMonths, "自首月起月份数", &[], Kind::Count, OPTIONAL,
        "只用于平台：自本年首次取得收入的月份起按日历计。有台账时不用填。", ""),
    column(Field::RunIncome, "中断后累计收入", &[], Kind::Amount, OPTIONAL,
        "只用于平台：中断以后至本期的累计收入。有台账时不用填。", ""),
    column(Field::RunWithheld, "中断后累计已扣税额", &[], Kind::Amount, OPTIONAL, "只用于平台。有台账时不用填。", ""),
    column(Field::BankAccount, "银行账号", &["银行卡号", "工资卡号"], Kind::Number, OPTIONAL,
        "只填数字；单元格须为文本格式。", ""),
    column(Field::Note, "备注", &[], Kind::Text, OPTIONAL, "", "样例行，不参与核算"),
];

const fn column(
    field: Field,
    heading: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    required: bool,
    note: &'static str,
    example: &'static str,
) -> Column {
    Column { field, heading, aliases, kind, required, note, example }
}

impl Field {
    /// What is known of the column.
    #[must_use]
    pub fn column(self) -> &'static Column {
        &COLUMNS[self as usize]
    }

    /// The column a heading stands for.
    pub(super) fn of_heading(heading: &str) -> Option<Self> {
        let key = heading_key(heading);
        COLUMNS.iter().find(|column| column.spellings().any(|spelling| spelling == key)).map(|column| column.field)
    }
}

impl Column {
    /// The heading and its aliases.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.heading).chain(self.aliases.iter().copied())
    }
}

/// Whether a heading belongs to a roster.
pub(super) fn knows(heading: &str) -> bool {
    Field::of_heading(heading).is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (place, column) in COLUMNS.iter().enumerate() {
            assert_eq!(column.field as usize, place, "{}", column.heading);
        }
    }

    #[test]
    fn every_spelling_is_its_own_key_and_stands_for_one_column() {
        let mut seen = BTreeSet::new();
        for spelling in COLUMNS.iter().flat_map(Column::spellings).chain(IGNORED) {
            assert_eq!(heading_key(spelling), spelling);
            assert!(seen.insert(spelling), "{spelling} twice");
        }
    }

    #[test]
    fn the_contract_says_which_must_be_there() {
        let required: Vec<_> = COLUMNS.iter().filter(|column| column.required).map(|column| column.heading).collect();
        let contract = ["工号", "姓名", "证件类型", "证件号码", "用工形式", "参保地", "任职受雇日期", "基本工资"];
        assert_eq!(required, contract);
    }
}
