//! The names of figures.

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $key:literal $label:literal $means:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $means] $variant),* }

        impl $name {
            /// All, in the order in which they are shown.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in the database and in JSON; never changed once written.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key),* }
            }

            /// The word people read.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),* }
            }

            /// The definition people read: what is counted, once for what, and what is left out.
            pub fn definition(self) -> &'static str {
                match self { $($name::$variant => $means),* }
            }

            /// The one of a key.
            pub fn parse(key: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|it| it.key() == key)
            }
        }
    };
}

named! {
    /// What is counted.
    Measure {
        Scan "scan" "扫码" "打开证书或报告上二维码所指地址的次数，每打开一次计一次；系统自身故障未能作答的不计。",
        Verdict "verdict" "输入查真" "在网站上输入证书编号或码查验、以及按编号打开证书页的次数；系统自身故障未能作答的不计。",
        Batch "batch" "批量核验" "批量核验中逐条核验的条数。",
        Search "search" "公众查询" "在网站上按机构、能力等查询的次数，翻页和筛选各计一次。",
        View "view" "页面浏览" "打开网站其他公众页面（首页、机构页、能力页、代码表、开放数据、帮助）的次数。",
        Call "call" "接口调用" "各机关业务系统调用接口的次数，被拒绝的也计。",
        Import "import" "导入" "提交导入的批次数。",
        Assign "assign" "赋码" "新赋码的证书张数，含存量导入和换证。",
        Change "change" "变更" "形成证书新版本的变更、更正次数，不含换证。",
        Print "print" "打印" "正式打印的份数，含副本和补打。",
    }
}

named! {
    /// By what it is told apart. One at a time.
    Dimension {
        Total "" "合计" "不区分。",
        Answer "answer" "结果" "查真的结论；接口调用为处理结果；查询为有无结果。",
        Way "way" "方式" "扫报告二维码、扫证书二维码、输入码、输入编号或程序查询。",
        Province "province" "证书所在地" "被查证书的机构住所所在省份（兵团单列）。",
        Visitor "visitor" "访问者所在地" "按运维单位提供的网络地址表判断的访问者所在省份；表中没有的为“不明”。不保存地址。",
        Domain "domain" "领域" "被查证书编号中的领域代码。",
        Device "device" "设备" "按浏览器自报的类型区分：微信、手机、平板、电脑、程序、其他。",
    }
}

named! {
    /// Who asks.
    Agent {
        Person "person" "公众" "除程序以外的访问。",
        Machine "machine" "程序" "自报为程序或爬虫的、以程序格式查询的，以及同一来源一分钟内访问过于频繁的访问。",
    }
}

named! {
    /// What it is asked with.
    Device {
        Wechat "wechat" "微信" "在微信中打开。",
        Phone "phone" "手机" "手机浏览器。",
        Tablet "tablet" "平板" "平板电脑的浏览器。",
        Computer "computer" "电脑" "电脑的浏览器。",
        Program "program" "程序" "自报为程序或爬虫。",
        Other "other" "其他" "没有自报或认不出。",
    }
}

named! {
    /// How somebody asked.
    Way {
        Short "short" "报告二维码" "扫检验检测报告上的二维码。",
        Signed "signed" "证书二维码" "扫证书上的二维码。",
        Code "code" "输入码" "在网站上输入码。",
        Number "number" "输入证书编号" "在网站上输入证书编号，或按编号打开证书页。",
        Json "json" "程序查询" "由程序以程序格式查询。",
    }
}

named! {
    /// What kind of thing was asked for that nobody has.
    Sort {
        Code "code" "码" "十六位的码，校验位正确，但从未赋予任何证书。",
        Number "number" "证书编号" "写法正确，但没有这个编号的证书。",
    }
}

impl Measure {
    /// Whether it is a question of the public, counted when it is answered; the others are acts, counted from their events.
    pub fn is_question(self) -> bool {
        !matches!(self, Measure::Import | Measure::Assign | Measure::Change | Measure::Print)
    }

    /// By what it can be told apart, besides the sum.
    pub fn dimensions(self) -> &'static [Dimension] {
        use Dimension::{Answer, Device, Domain, Province, Visitor, Way};
        match self {
            Measure::Scan | Measure::Verdict => &[Answer, Way, Province, Visitor, Domain, Device],
            Measure::Batch => &[Answer, Province, Visitor, Domain, Device],
            Measure::Search => &[Answer, Visitor, Device],
            Measure::View => &[Visitor, Device],
            Measure::Call => &[Answer],
            Measure::Assign | Measure::Change | Measure::Print => &[Way, Province, Domain],
            Measure::Import => &[],
        }
    }
}
