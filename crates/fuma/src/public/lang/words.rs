//! Every fixed text of the pages that are read in both languages: one line each, so that none lacks its other half.

macro_rules! words {
    ($($name:ident $chinese:literal $english:literal;)*) => {
        /// The fixed texts of a language.
        #[derive(Debug)]
        pub struct Words {
            $(#[doc = $english] pub $name: &'static str,)*
        }

        /// 简体中文.
        pub(super) static CHINESE: Words = Words { $($name: $chinese),* };
        /// English.
        pub(super) static ENGLISH: Words = Words { $($name: $english),* };

        /// Name, Chinese and English of each.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $chinese, $english)),*];
    };
}

words! {
    // The attribute of what stands in an English page as recorded; nothing in a Chinese one.
    zh "" " lang=\"zh-CN\"";
    // Every page
    site_name "检验检测机构资质认定信息查询及赋码系统" "CMA Certificates of Inspection and Testing Bodies in China";
    skip "跳到正文" "Skip to the content";
    demo "演示系统：内容均为虚构样张，没有效力" "Demonstration: everything here is invented and has no effect";
    nav "主导航" "Main";
    switches "语言和显示方式" "Language and display";
    search "查询" "Search";
    verify "查真" "Verify";
    help "使用帮助" "Help";
    tables "代码表" "Code tables";
    large "长辈版" "Large type";
    standard "标准版" "Standard";
    site_map "站点地图" "Site map";
    batch "批量核验" "Check a list";
    open_data "开放数据" "Open data";
    draws "双随机抽查" "Random inspections";
    column_type "查询服务" "Search service";
    column_keywords "检验检测,资质认定,CMA,证书查询" "inspection,testing,CMA,certificate";
    organiser "主办单位：" "Organiser: ";
    contact "联系方式：" "Contact: ";
    site_code "网站标识码：" "Site code: ";
    party_mark "党政机关网站标识" "Mark of government sites";
    find_errors "我为政府网站找错" "Report an error of this site";
    privacy "隐私声明" "Privacy";
    own_host "本站网址：" "Address of this site: ";
    free "。本站查询免费，不要求登录、付款或下载软件。" ". Queries are free; this site never asks you to sign in, pay or download anything.";
    here "当前位置：" "You are here: ";
    home "首页" "Home";
    empty "暂无数据" "No data";
    previous "‹ 上一页" "‹ Previous";
    next "下一页 ›" "Next ›";
    paging "翻页" "Pages";
    jump "到第几页" "Go to page";
    jump_button "跳转" "Go";
    stop "。" ".";
    as_recorded "" "Names, addresses, standards and documents are shown in Chinese, as they stand in the register.";
    // The box for codes and numbers
    ask_button "查询" "Search";
    check_host "请核对网址：与浏览器地址栏显示的不一致时，不要相信本页内容。" "Compare it with the address bar of your browser: if they differ, do not trust this page.";
    // Answers
    verify_title "资质认定证书查真" "CMA certificate check";
    test_none "测试证书无效力" "Test certificate, no effect";
    test_only "这是测试环境的数据，不是资质认定证书，没有法律效力。" "This is data of the test system. It is no certificate and has no legal effect.";
    test_result "测试结果：" "Test result: ";
    old_lead "您手中的是旧版" "You hold an old edition";
    current_content "现行内容" "current content";
    prevails "为准。" " prevails.";
    todays_content "查看今天的内容" "see today's content";
    body_name "机构名称" "Body";
    number "证书编号" "Certificate number";
    authority "资质认定部门" "Authority";
    printed_as "证书上印作：" "On the certificate: ";
    valid_to "有效期至" "Valid until";
    asked_at "查询时间" "Asked at (Beijing time)";
    host "本站网址" "This site";
    compare "与纸面核对" "Compare with the paper";
    compare_name "机构名称、证书编号与纸面逐字一致，编号在资质认定标志下方。" "The name and the certificate number are the same on the paper, character by character; the number stands below the CMA mark.";
    compare_days "资质认定部门、有效期至与纸面一致。" "Authority and last valid day are the same on the paper.";
    compare_code "印在二维码旁的码为 " "The code printed beside the QR code is ";
    compare_rows "报告中的检测项目和依据的标准，在下面的检测能力之内。" "The tests and standards of the report are among the capabilities below.";
    differs "有一处不一致，即可能是伪造或冒用，请向上述资质认定部门反映。" "If anything differs, the paper may be forged or misused: please tell the authority named above.";
    checks "判定依据" "What this answer rests on";
    content "证书内容" "Content of the certificate";
    uscc "统一社会信用代码" "Unified social credit code";
    parent "所属法人单位" "Legal entity";
    first_issued "首次发证日期" "First issued";
    issued "发证日期" "Issued";
    valid_from "有效期自" "Valid from";
    edition "版本" "Edition";
    sites "场所" "Sites";
    capabilities "检测能力" "Capabilities";
    life "证书经历" "Life of the certificate";
    help_print "。需要留存时，可用浏览器的打印功能打印本页（已按 A4 排版）。" ". To keep this page, print it from your browser; it is laid out for A4.";
    all_of_body "查看该机构的全部证书和检测能力" "All certificates and capabilities of this body";
    site "场所：" "Site: ";
    limits "限制范围：" "Limits: ";
    remark "说明：" "Remark: ";
    // No certificate to show
    you_asked "您查询的是" "You asked for";
    reasons "可能的原因" "Possible reasons";
    reason_typed "输入的码或编号与纸面不同，请逐位核对后再查。" "The code or number was typed differently from the paper: compare it character by character.";
    reason_early "证书是早年发放的，尚未录入本系统，请向发证的资质认定部门查询。" "The certificate is an early one that is not in this system yet: ask the authority that issued it.";
    reason_forged "证书或报告是伪造的。请保留纸面，并向资质认定部门反映。" "The certificate or report is forged. Keep the paper and tell the authority.";
    type_so "请这样输入" "How to type it";
    type_code "码：二维码旁的16位字母和数字，如 " "Code: the 16 letters and digits beside the QR code, such as ";
    type_code_after "。大小写和横线不影响查询。" ". Case and hyphens do not matter.";
    type_number "证书编号：资质认定标志下方的12位数字，如 " "Certificate number: the 12 digits below the CMA mark, such as ";
    type_scan "也可以重新扫描纸面上的二维码。扫描不出时，把纸面展平、擦净，靠近光亮处再扫。" "Or scan the QR code again. If it does not scan, flatten and clean the paper and try in better light.";
    what_now "现在可以做什么" "What you can do now";
    now_again "过一两分钟再查一次。" "Ask again in a minute or two.";
    now_call "急用时，请电话联系纸面上写明的资质认定部门。" "If it is urgent, call the authority named on the paper.";
    ask_again "再查一次" "Ask again";
    ask_again_hint "输入16位码或证书编号" "Type the 16-character code or the certificate number";
    // 查真
    nothing_asked "没有输入码或证书编号，请在 q 中给出。" "Nothing was asked for: give a code or certificate number as q.";
    code_or_number "码或证书编号" "Code or certificate number";
    verify_hint "码是二维码旁的16位字母和数字；证书编号在资质认定标志下方，多为12位数字。空格、横线和大小写不影响查询。要一次核验很多个，请用" "The code is the 16 letters and digits beside the QR code; the certificate number stands below the CMA mark, mostly 12 digits. Blanks, hyphens and case do not matter. To check many at once, use ";
    not_understood "" "This is neither a code nor a certificate number. Please compare it with the paper and type it again.";
    // 首页
    home_open "查机构、查证书、查检测能力" "Find bodies, certificates and capabilities";
    home_label "机构名称、证书编号、检测项目、标准号，或二维码旁的码" "Name of a body, certificate number, test item, standard, or the code beside a QR code";
    home_words "检测项目和标准可以一起输入，如 " "A test item and a standard can be typed together, such as ";
    home_number "标志下方的证书编号，如 " "The certificate number below the CMA mark, such as ";
    home_number_after "；机构名称可以只输几个字或拼音首字母" "; of a name, a few characters or the initials of its pinyin are enough";
    home_code "二维码旁的码，如 " "The code beside the QR code, such as ";
    home_closed "查一查这张证书是不是真的" "Check whether a certificate is genuine";
    home_closed_label "输入码或证书编号" "Type the code or the certificate number";
    home_legacy "早年证书上的编号，照纸面原样输入，如 " "Numbers of early certificates as they stand on the paper, such as ";
    home_scan "扫码能看到什么" "What a scan shows";
    home_scan_lead "用手机扫描资质认定证书或检验检测报告上的二维码，打开的页面会告诉您：" "Scan the QR code on a certificate or a test report with your phone. The page tells you:";
    home_scan_1 "证书现在是否有效；不再有效的，说明何时起、因为什么。" "whether the certificate is in force now, and if not, since when and why;";
    home_scan_2 "机构名称、证书编号、资质认定部门和有效期，用来与纸面核对。" "body, certificate number, authority and validity, to compare with the paper;";
    home_scan_3 "机构的场所和全部检测能力，用来核对报告中的项目和标准。" "sites and all capabilities, to compare with the tests and standards of a report;";
    home_scan_4 "证书从发放至今的变更、扩项、换证和处理经过。" "what happened to the certificate since it was issued.";
    home_free "查询免费，不用登录，不收集您的任何信息。" "Queries are free, need no sign-in, and collect nothing about you. ";
    home_about "" "CMA (China Inspection Body and Laboratory Mandatory Approval) is the qualification that Chinese law asks of bodies that issue test reports with force of proof.";
    // 查询
    search_label "机构、证书编号、检测项目或标准号" "Body, certificate number, test item or standard";
    search_hint "可以一次输入几个词，如 " "Several words can be typed at once, such as ";
    search_hint_after "；词语须在同一条检测能力中。也可用拼音或首字母。" "; they must stand in one capability. The register is in Chinese: type Chinese words, pinyin, standards or numbers.";
    more_fields "更多条件" "More fields";
    field_body "机构（名称、曾用名、代码、地址）" "Body (name, former name, code, address)";
    field_capability "检测能力（项目、标准）" "Capability (test item, standard)";
    field_number "证书编号（可只填前几位）" "Certificate number (its first digits are enough)";
    results "查询结果" "Results";
    as_of "截至 " "As of ";
    nothing_found "暂无数据。请减少词语、取消部分条件，或换一个说法再查。" "Nothing found. Use fewer words, drop a filter, or say it another way.";
    not_open "检验检测机构资质认定信息查询平台尚未正式开通。扫码查真和按编号查真不受影响，请到“查真”。" "The search is not open to the public yet. Scans and certificate numbers are answered all the same: see \"Verify\".";
    not_ready "" "The search is being prepared and will answer in a few minutes. Scans and certificate numbers are answered all the same.";
    cut "输入的内容较长，只按前 12 个词语查找。" "Only the first 12 words were looked for.";
    tabs "结果分类" "Kinds of results";
    picked "已选：" "Filters: ";
    drop_one "取消此条件" "Drop this filter";
    drop_all "全部取消" "Drop all";
    narrow "缩小范围" "Narrow down";
    no_facets "没有可以再细分的条件。" "Nothing left to narrow down.";
    sorts "排序：" "Order: ";
    also_named "又名、曾用名：" "Also or formerly named: ";
    colon "：" ": ";
    until "至 " "until ";
    // 检测能力 of a certificate
    certificate "证书" "Certificate";
    search_within "搜索本证书能力" "Search this certificate";
    within_example "项目名称或标准号，如 GB 5749" "Test item or standard, such as GB 5749";
    reset "重置" "Reset";
    nothing_within "没有同时含有所输词语的检测能力，请减少词语或只输标准号后再搜。" "No capability has all these words: use fewer, or only the standard.";
    // 机构
    body "机构" "Body";
    org_code "组织机构代码" "Organisation code";
    other_name "其他名称" "Other name";
    parent_code "所属法人代码" "Code of the legal entity";
    address "地址" "Address";
    division "行政区划" "Place";
    today_valid "今天有效" "In force today";
    unit_certificates "张证书" "certificates";
    unit_capabilities "条检测能力" "capabilities";
    body_search "在有效证书的检测能力中查找" "Search the capabilities in force";
    body_search_hint "项目、类别、标准，可用空格分隔" "Test item, class, standard; part words by blanks";
    found_none "有效证书中没有同时包含这些词的检测能力。请少填几个词，或换一个词。" "No capability in force has all these words. Use fewer, or other words.";
    timeline "全国证书时间线" "All certificates on one line";
    timeline_label "每张证书从有效期起到有效期至的横条，内容与下表相同" "A bar for each certificate from its first to its last valid day; the table below says the same";
    today "今天" "Today";
    all_certificates "全部证书" "All certificates";
    status "状态" "Status";
    validity "有效期" "Validity";
    domain "领域" "Domain";
    places "现行场所" "Current sites";
    place_name "场所名称" "Site";
    no_places "没有未结束的证书登记的场所。" "No site stands on a certificate that has not ended.";
    kin "所属法人单位和同一法人单位的机构" "Legal entity and its other bodies";
    no_kin "登记库中没有同一法人单位的其他机构。" "No other body of the same legal entity is in the register.";
    relation "关系" "Relation";
    names "名称和地址的变化" "Names and addresses over time";
    since "自" "Since";
    basis "依据" "Stated in";
    item "产品/项目/参数" "Item";
    class "类别" "Class";
    standard_used "依据的标准（方法）" "Standard (method)";
    limits_or_remark "限制范围或说明" "Limits or remark";
    only_opened "这里是查询平台已开通的资质认定部门颁发的证书。" "Shown are the certificates of authorities that are open to the public search.";
    // 使用帮助
    how_ask "怎样查询" "How to check a certificate";
    how_ask_before "扫描证书或报告上的二维码；或在" "Scan the QR code on the certificate or report; or go to ";
    how_ask_after "页输入二维码旁的16位码，或输入证书编号。码中没有字母 I、L、O、U：看起来像这些字母的是数字 1 或 0。一次要核验很多个，请用" " and type the 16-character code beside the QR code, or the certificate number. Codes have no letters I, L, O, U: what looks like one of them is the digit 1 or 0. To check many at once, use ";
    how_search "怎样查机构和检测能力" "How to find bodies and capabilities";
    how_search_before "在" "Go to ";
    how_search_after "页输入机构名称、检测项目、标准号或证书编号。可以一次输入几个词，它们须在同一条检测能力中。全角半角、大小写、繁简体和空格都不影响；也可以用拼音或首字母。标准号带年号只查那一版，不带年号查整个系列。没有找到时会列出相近的词，由您选择。" " and type the name of a body, a test item, a standard or a certificate number. Several words can be typed at once; they must stand in one capability. The register is in Chinese, but pinyin and its initials are understood. A standard with its year finds that edition, without the year the whole series. Where nothing is found, near words are offered for you to choose.";
    how_days "怎样看日期" "How to read the days";
    days_text "有效期至写明的那一天全天有效，从第二天起过期。换发新证书的，旧证书到新证书的第一天为止有效。撤销、注销等自决定写明的日期起算。日期都按北京时间。" "The last valid day is valid as a whole; the certificate has expired from the next day on. A certificate that is replaced stays valid until the first day of the new one. Revocations, cancellations and the like hold from the day named in the decision. All days are those of Beijing.";
    how_then "报告出具时证书是否有效" "Was the certificate valid when the report was issued?";
    then_text "看证书经历：报告日期早于撤销、注销或期满之日的，当时证书仍有效。同时核对报告中的项目和标准是否在当时的检测能力之内。" "Look at the life of the certificate: a report dated before the day of revocation, cancellation or expiry was issued while it was valid. Also check that the tests and standards of the report were among the capabilities of that day.";
    how_fake "怎样识别假网页" "How to tell a false page";
    fake_host_before "本站网址只有 " "The only address of this site is ";
    fake_text "扫码后浏览器地址栏不是本站网址的，页面内容一概不要相信。本站不要求登录、付款、下载软件或填写个人信息。" "If the address bar shows another one after a scan, trust nothing on the page. This site never asks you to sign in, pay, download anything or enter personal data.";
    how_report "发现问题怎么办" "What to do if something is wrong";
    report_text "纸面与查询结果不一致，或怀疑证书、报告是伪造的，请保留纸面，并向查询结果中写明的资质认定部门反映。" "If the paper differs from the answer, or you suspect a forgery, keep the paper and tell the authority named in the answer.";
    how_programs "给程序使用" "For programs";
    how_often "查询次数有限制吗" "How often may I ask?";
    often_text "扫码不限次数。输入查询、查看详情等，同一网络地址每分钟有一定次数；超过后浏览器自动做一两秒验证，即可继续。" "Scans are not limited. What is typed or opened is, by the minute and network address; beyond that your browser does a second or two of work and goes on.";
    much_data "要大量数据的，请下载" "Whoever needs much of it downloads ";
    programs_before "同一网址以 " "With ";
    programs_after " 请求时，返回 JSON。资质认定部门的审批系统另有" " the same address answers in JSON. Approval systems of the authorities have ";
    programs_link "联网自动赋码接口" "an interface of their own";
    // 代码表
    number_means "证书编号的含义" "What a certificate number says";
    take_apart "解读" "Explain";
    invented_number "这里以一个编号为例，可以换成您手中的编号。" "This is an example; type the number you hold instead.";
    number_note "12位数字依次是发证年份、资质认定部门、专业领域、行业主管部门和顺序号。编号只说明发证时的情况：现在是否有效，请到“查真”。" "The 12 digits are the year of issue, the authority, the domain, the industry and a serial number. They tell how the certificate was issued; whether it is in force now is answered under \"Verify\".";
    legacy_number "这是早年编号，不按12位规则编排，不能逐位解读。要查这张证书，请到“查真”。" "This is a number of the early kind, which does not follow the rule of 12 digits. To check the certificate, go to \"Verify\".";
    no_number "这不是证书编号，请照纸面重新输入12位数字。" "This is no certificate number: type the 12 digits as they stand on the paper.";
    no_code "现行代码表中没有" "not in the tables of today";
    part_year "发证年份" "Year of issue";
    part_authority "资质认定部门" "Authority";
    part_domain "专业领域" "Domain";
    part_industry "行业主管部门" "Industry";
    part_serial "顺序号" "Serial number";
    part_serial_text "从0001起" "from 0001";
    code "代码" "Code";
    name "名称" "Name";
    level "级别" "Level";
    level_national "国家级" "National";
    level_provincial "省级" "Provincial";
    used "使用期间" "In use";
    download "下载 CSV 表格" "Download as CSV";
    words_mean "结论是什么意思" "What the answers mean";
    word "结论" "Answer";
    meaning "含义" "Meaning";
    // Errors
    error_404 "没有这个页面" "No such page";
    error_405 "这个页面不接受此操作" "This page does not take that";
    error_413 "提交的内容过大" "Too much was sent";
    error_429 "查询过于频繁" "Too many queries";
    error_503 "系统繁忙" "Busy";
    error_400 "请求有误" "The request is wrong";
    error_500 "系统出现故障" "Something went wrong";
    advice_404 "网址可能输错，或页面已经移走。请从下面的查询框输入证书上的码或证书编号。" "The address may be mistyped, or the page has moved. Type the code or the number of the certificate below.";
    advice_405 "请返回上一页，用页面上的按钮重新提交。" "Go back and use the buttons of the page.";
    advice_413 "请减少内容后重新提交。" "Send less and try again.";
    advice_429 "请过一分钟再查。扫码查询不受此限制。" "Ask again in a minute. Scans are not limited.";
    advice_503 "查询的人较多，请稍后再试。这不表示证书有问题。" "Many are asking; please try again shortly. This does not mean that anything is wrong with a certificate.";
    advice_400 "请检查输入后重新提交。" "Check what was typed and try again.";
    advice_500 "请稍后再试。这不表示证书有问题。如多次出现，请把下面的错误编号告诉网站维护人员。" "Please try again later. This does not mean that anything is wrong with a certificate. If it happens again, tell the maintainers of this site the number below.";
    wrong_day "" "The day asked about is not understood: write it as 2026-03-05.";
    error_number "错误编号：" "Error number: ";
    ask_certificate "查询证书" "Look up a certificate";
    or_home "输入16位码或证书编号。也可以" "Type the 16-character code or the certificate number. Or go ";
    go_home "返回首页" "home";
}
