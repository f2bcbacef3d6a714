//! The command line in Chinese: headings of the help, and what is said of words that cannot be read.

use clap::builder::{Arg, ArgAction};
use clap::error::{ContextKind, ErrorKind};
use clap::{Command, Error};

/// clap's own words in the help and where they stand for ours.
const WORDS: [(&str, &str); 7] = [
    ("Usage:", "用法："),
    ("[OPTIONS]", "[选项]"),
    ("[default: ", "[默认："),
    ("[possible values: ", "[可取："),
    ("Possible values:", "可取："),
    ("[env: ", "[环境变量："),
    ("[aliases: ", "[别名："),
];

/// A command and all under it with Chinese headings.
pub fn chinese(command: Command) -> Command {
    let version = command.get_version().is_some();
    let mut command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .help_template("{before-help}{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "参数" } else { "选项" };
            arg.help_heading(heading)
        })
        .mut_subcommands(chinese)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("显示帮助")
                .help_heading("选项"),
        );
    if version {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        command = command.arg(version.help("显示版本").help_heading("选项"));
    }
    command
}

/// Prints the help that was asked for, or says what is wrong with what was typed and ends with 2.
pub fn end(error: &Error) -> ! {
    if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        eprintln!("{}", said(error));
        std::process::exit(2);
    }
    let text = translated(error.render().to_string());
    if error.use_stderr() {
        eprint!("{text}");
        std::process::exit(2);
    }
    // Nobody has to read to the end: `fuma --help | head`.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
    std::process::exit(0);
}

fn translated(text: String) -> String {
    WORDS.iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours))
}

/// What is wrong, and how it is written.
fn said(error: &Error) -> String {
    let of = |kind| error.get(kind).map(ToString::to_string).filter(|text| !text.is_empty());
    let arg = of(ContextKind::InvalidArg).unwrap_or_default();
    let value = of(ContextKind::InvalidValue);
    let near = |kind| of(kind).map(|near| format!("；是不是 {near}？")).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有选项 {arg}{}", near(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => {
            let typed = of(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("没有命令 {typed}{}", near(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingSubcommand => "请写明子命令".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("缺少 {arg}"),
        ErrorKind::ArgumentConflict => {
            let with = of(ContextKind::PriorArg).unwrap_or_default();
            if with == arg {
                format!("{arg} 只能写一次")
            } else {
                format!("{arg} 不能与 {with} 同时使用")
            }
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match value {
            None => format!("{arg} 后面没有写值"),
            Some(value) => format!("{arg} 不能是“{value}”{}", why(error, of(ContextKind::ValidValue))),
        },
        ErrorKind::TooManyValues => format!("{arg} 多写了“{}”", value.unwrap_or_default()),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{arg} 的值的个数不对"),
        ErrorKind::NoEquals => format!("{arg} 和值之间应写等号"),
        ErrorKind::InvalidUtf8 => "有的字不是 UTF-8 编码".to_owned(),
        _ => translated(error.render().to_string()),
    };
    let usage =
        of(ContextKind::Usage).map(|usage| format!("\n{}", translated(usage).trim_end())).unwrap_or_default();
    format!("{what}{usage}\n详细说明：在命令后加 --help")
}

/// Why a value is none: the values there are, or what its reader says; readers that are not ours speak English.
fn why(error: &Error, valid: Option<String>) -> String {
    if let Some(valid) = valid {
        return format!("，可以是：{valid}");
    }
    let Some(source) = std::error::Error::source(error) else { return String::new() };
    let text = source.to_string();
    if let Some((_, range)) = text.split_once(" is not in ") {
        return format!("：应在 {range} 之间");
    }
    match source.is::<std::num::ParseIntError>() {
        true => "：应为整数".to_owned(),
        false => format!("：{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::definition;
    use super::*;

    fn wrong(words: &[&str]) -> String {
        let error = definition().try_get_matches_from(words).unwrap_err();
        said(&error)
    }

    #[test]
    fn what_is_typed_wrong_is_said_in_chinese() {
        for (words, begins) in [
            (&["fuma", "foo"][..], "没有命令 foo"),
            (&["fuma", "hok"], "没有命令 hok；是不是 hook？"),
            (&["fuma", "print", "--nme", "示例"], "没有选项 --nme；是不是 --name？"),
            (&["fuma", "print", "--out", "a.pdf"], "缺少 <--number"),
            (&["fuma", "print", "--due"], "缺少 --out <OUT>"),
            (&["fuma", "print", "--out", "a.pdf", "--job", "x"], "--job <任务> 不能是“x”：应为整数"),
            (
                &["fuma", "print", "--out", "a.pdf", "--job", "1", "--due"],
                "--job <任务> 不能与 --due 同时使用",
            ),
            (&["fuma", "bench", "foo"], "<WHAT> 不能是“foo”，可以是：import"),
            (&["fuma", "demo", "--part", "0"], "--part <N> 不能是“0”：应在 1..=1000 之间"),
        ] {
            let said = wrong(words);
            assert!(said.starts_with(begins), "{words:?}: {said}");
            assert!(said.contains("--help"), "{said}");
        }
    }

    /// Every help of every command, so that no heading of clap's own is forgotten.
    #[test]
    fn helps_have_no_english_headings() {
        fn each(command: &mut Command) {
            let text = translated(command.render_long_help().to_string());
            for word in
                ["Usage", "Options:", "Commands:", "Arguments:", "Print help", "Print version", "[default:"]
            {
                assert!(!text.contains(word), "{word} in {text}");
            }
            command.get_subcommands_mut().for_each(each);
        }
        let mut all = definition();
        all.build();
        each(&mut all);
    }
}
