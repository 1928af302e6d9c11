//! What a tender file may hold: the check, the templates and the workbook are made from it. The words are for people.

use crate::rulebook::shape::{Form, Key, Shape, may, must};

static TENDER: Shape = Shape {
    name: "tender",
    keys: &[
        must("title", Form::Text, "项目名称"),
        may("purchaser", Form::Text, "采购人"),
        must("place", Form::Text, "服务地点，也是参保地和公积金缴存地：名称或 GB/T 2260 代码"),
        must("from", Form::Date, "服务期第一天"),
        must("to", Form::Date, "服务期最后一天"),
        may("opening", Form::Date, "开标日；不写就是服务期第一天。决定适用哪一版采购规则"),
        may("known_at", Form::Date, "只看到这一天为止已公布的规则；不写就是规则库里的全部"),
        may("persons", Form::Number, "采购文件要求的人数（不是席位数）"),
        may("seats", Form::Number, "采购文件要求的席位数（不是人数）"),
        may("ceiling", Form::Number, "最高限价，元"),
        may("budget", Form::Number, "预算金额，元"),
        may("floor", Form::Number, "采购文件写明的最低报价，元，整个服务期"),
        may(
            "floor_reading",
            Form::OneOf(&["price", "cost"]),
            "最低报价指什么：price 含税总价；cost 人工、餐费、服装费和管理费，利润和税另计",
        ),
        may("weight", Form::Number, "价格权值，如 10%"),
        may(
            "subject",
            Form::OneOf(&["services", "goods", "consultation"]),
            "采购对象与方式：services 服务招标；goods 货物招标；consultation 竞争性磋商",
        ),
        may("fixed_price", Form::Flag, "执行统一价格标准，价格不列为评审因素"),
        may("directed", Form::Flag, "人员由采购人直接指挥管理"),
        may("fee_on_supervised", Form::Flag, "采购文件允许对监督使用的项目计取管理费和利润"),
        may("locked", Form::Texts, "不可竞争的项目或费用组"),
        may("supervised", Form::Texts, "在采购人监督下使用的项目或费用组"),
        may("competitive", Form::Texts, "可以竞争、可以分摊优惠的项目或费用组"),
        may("rise", Form::Number, "尚未公布标准的月份，当地基数和最低工资可能上涨的比例，如 5%"),
    ],
    others: None,
};

static REQUIRED: Shape = Shape {
    name: "required",
    keys: &[
        must("line", Form::Text, "项目或费用组"),
        must("amount", Form::Number, "采购文件规定的金额，元，整个服务期"),
    ],
    others: None,
};

static BIDDER: Shape = Shape {
    name: "bidder",
    keys: &[
        may("name", Form::Text, "投标人"),
        must("taxpayer", Form::OneOf(&["general", "small"]), "纳税人类别：general 一般纳税人；small 小规模纳税人"),
        must(
            "form",
            Form::OneOf(&["outsourcing", "dispatch", "hr_outsourcing"]),
            "法律形式：outsourcing 业务外包；dispatch 劳务派遣；hr_outsourcing 人力资源外包",
        ),
        may("licensed", Form::Flag, "持有劳务派遣经营许可证"),
        may("vouchers", Form::Flag, "差额计税的凭证齐全"),
        may("small_enterprise", Form::Flag, "可享受六税两费减半"),
        may(
            "location",
            Form::OneOf(&["city", "county", "other"]),
            "纳税人所在地：city 市区；county 县城、镇；other 其他",
        ),
        may("union", Form::Flag, "已建立工会组织"),
        may("staff", Form::Number, "全公司上年在职职工人数，用于残疾人就业保障金"),
        may("disabled", Form::Number, "全公司上年安排残疾人就业人数"),
        may("disability_ratio", Form::Number, "当地安排残疾人就业比例，如 1.5%"),
        must("fund_rate", Form::Number, "公积金缴存比例，如 8%"),
        must("industry_class", Form::Text, "工伤风险类别，class_1 至 class_8"),
    ],
    others: None,
};

static SHIFT: Shape = Shape {
    name: "shift",
    keys: &[
        must("name", Form::Text, "班次"),
        must("count", Form::Number, "每天上这个班的人数"),
        must("hours", Form::Number, "每班工作小时"),
        may("allowance", Form::Number, "每班津贴，元"),
        may("night", Form::Flag, "是夜班"),
    ],
    others: None,
};

static ROTA: Shape = Shape {
    name: "rota",
    keys: &[
        must("shifts", Form::Tables(&SHIFT), "每天的班次"),
        may("every_day", Form::Flag, "全年每天排班；不写就是每天"),
        may("approved", Form::Flag, "综合计算工时制已经批准"),
        may("absence", Form::Number, "缺勤比例，如 3%"),
        may("annual_leave_days", Form::Number, "每人每十二个月的年休假天数"),
    ],
    others: None,
};

/// Pay items of the book are keys of a position as well.
static POSITION: Shape = Shape {
    name: "position",
    keys: &[
        must("name", Form::Text, "岗位"),
        must("persons", Form::Number, "投入的人数"),
        may("yearly_bonus", Form::Number, "年终奖，元/人·年"),
        may("overtime_items", Form::Texts, "加班工资的计算基数由哪些工资项目组成；不写就是规则库里计入加班基数的项目"),
        may("rota", Form::Table(&ROTA), "排班"),
        may("market_pay", Form::Number, "同类人员的市场月薪，元；只有写了才比较"),
        may("requires", Form::Text, "采购文件对人员的要求：学历、语种等"),
    ],
    others: Some(Form::Number),
};

static COST: Shape = Shape {
    name: "cost",
    keys: &[
        must("line", Form::Text, "属于哪个报价项目"),
        may("what", Form::Text, "是什么"),
        must("each", Form::Number, "单价，元"),
        must(
            "per",
            Form::OneOf(&["head_month", "head_year", "head", "head_workday", "month", "once"]),
            "按什么计：head_month 每人每月；head_year 每人每年；head 每人一次；head_workday 每人每个法定年工作日；month 每月；once 一次",
        ),
        may("count", Form::Number, "每一计量单位的数量，如每人 2 套；不写就是 1"),
    ],
    others: None,
};

static OFFERED_LINE: Shape = Shape {
    name: "offered_line",
    keys: &[must("line", Form::Text, "报价项目"), must("amount", Form::Number, "手工填写的金额，元，整个服务期")],
    others: None,
};

static OFFER: Shape = Shape {
    name: "offer",
    keys: &[
        may(
            "quoted",
            Form::OneOf(&["item", "head_year", "head_month", "month"]),
            "单价怎么报：item 每项一个总价；head_year 元/人·年；head_month 元/人·月；month 元/月",
        ),
        may("management", Form::Number, "管理费比例，如 5%"),
        may(
            "management_on",
            Form::OneOf(&["direct", "unsupervised"]),
            "管理费的计取基数：direct 全部直接成本；unsupervised 不含监督使用的项目",
        ),
        may("total", Form::Number, "投标总价，元，含税；利润为余额"),
        may("profit", Form::Number, "利润率，如 2%；没有写投标总价时据以定价"),
        may("profit_on", Form::OneOf(&["price", "cost"]), "利润率的基数：price 含税总价；cost 直接成本与管理费"),
        may("discount", Form::Number, "总价优惠，元；只能由可竞争的项目承担"),
        may("lines", Form::Tables(&OFFERED_LINE), "手工填写的项目"),
        may("opening_total", Form::Number, "开标一览表已写的小写总价，元"),
        may("opening_capitals", Form::Text, "开标一览表已写的大写总价"),
        may("severance", Form::Flag, "把期满的经济补偿计入报价；不计也列出"),
    ],
    others: None,
};

static RIVAL: Shape = Shape {
    name: "rival",
    keys: &[
        must("name", Form::Text, "其他投标人"),
        must("price", Form::Number, "投标报价，元"),
        may("preference", Form::Number, "小微企业价格扣除比例，如 10%"),
    ],
    others: None,
};

static SCENARIO: Shape = Shape {
    name: "scenario",
    keys: &[
        must("name", Form::Text, "情形"),
        may("taxpayer", Form::OneOf(&["general", "small"]), "改为哪类纳税人"),
        may("form", Form::OneOf(&["outsourcing", "dispatch", "hr_outsourcing"]), "改为哪种法律形式"),
        may("place", Form::Text, "改在哪里"),
        may("raise", Form::Number, "当地基数和最低工资上涨的比例"),
        may("persons", Form::Number, "第一个岗位改为多少人"),
        may("profit", Form::Number, "重新定价的利润率；不写则总价不变，利润为余额"),
        may("profit_on", Form::OneOf(&["price", "cost"]), "利润率的基数"),
    ],
    others: None,
};

/// The whole file.
pub(super) static FILE: Shape = Shape {
    name: "tender_file",
    keys: &[
        must("tender", Form::Table(&TENDER), "采购文件"),
        may("required", Form::Tables(&REQUIRED), "采购文件规定金额的项目"),
        must("bidder", Form::Table(&BIDDER), "投标人"),
        must("position", Form::Tables(&POSITION), "岗位"),
        may("cost", Form::Tables(&COST), "工资以外的费用"),
        must("offer", Form::Table(&OFFER), "报价"),
        may("rival", Form::Tables(&RIVAL), "其他投标人"),
        may("scenario", Form::Tables(&SCENARIO), "并列的情形"),
    ],
    others: None,
};

/// What stands behind a key of a section; shifts and rotas are sections of their own here.
pub(crate) fn tender_key(name: &str, key: &str) -> Option<Form> {
    let shape = match name {
        "rota" => &ROTA,
        "shift" => &SHIFT,
        name => section(name)?.1,
    };
    shape.keys.iter().find(|known| known.name == key).map(|known| known.form)
}

/// The keys of a section that hold one value, with what each is.
pub(crate) fn tender_keys(name: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let keys = section(name).into_iter().flat_map(|(_, shape)| shape.keys);
    keys.filter(|key| !matches!(key.form, Form::Tables(_) | Form::Table(_))).map(|key| (key.name, key.doc))
}

/// The section of a key of the file.
pub(super) fn section(key: &str) -> Option<(&'static Key, &'static Shape)> {
    FILE.keys.iter().find(|known| known.name == key).and_then(|known| match known.form {
        Form::Table(shape) | Form::Tables(shape) => Some((known, shape)),
        _ => None,
    })
}
