//! Why a signature is not taken: a stable word for programs, what is wrong and what to do for people.

use app::SignatureError;
use axum::http::StatusCode;
use std::fmt;

/// Why a signature is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureRefusal {
    /// One of the three texts is not there.
    Missing(&'static str),
    /// One of the three texts cannot be read; which, and why.
    Malformed(&'static str, &'static str),
    /// It does not cover what it must.
    NotCovered(String),
    /// It covers a header that the request has not, or has in letters that cannot be signed.
    NoHeader(String),
    /// It covers something that this server cannot rebuild.
    Unsupported(String),
    /// The body is not the one that was digested; by which hash.
    DigestDiffers(&'static str),
    /// What the registry has against it.
    Refused(SignatureError),
}

use SignatureRefusal::{DigestDiffers, Malformed, Missing, NoHeader, NotCovered, Refused, Unsupported};

impl From<SignatureError> for SignatureRefusal {
    fn from(error: SignatureError) -> SignatureRefusal {
        Refused(error)
    }
}

impl fmt::Display for SignatureRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Missing(name) => write!(f, "请求没有签名：缺少{name}"),
            Malformed(name, why) => write!(f, "{name}无法识别：{why}"),
            NotCovered(name) => write!(f, "签名没有覆盖{name}"),
            NoHeader(name) => write!(f, "签名覆盖了请求头{name}，收到的请求里没有它，或者它含有非ASCII字符"),
            Unsupported(name) => write!(f, "不支持对{name}签名"),
            DigestDiffers(hash) => write!(f, "请求体的{hash}摘要与Content-Digest不符"),
            Refused(error) => error.fmt(f),
        }
    }
}

impl SignatureRefusal {
    /// The word that programs go by; it stands in `docs/接口签名.md` and does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Missing(_) => "signature_missing",
            Malformed(..) => "signature_malformed",
            NotCovered(_) | NoHeader(_) | Unsupported(_) => "signature_component",
            DigestDiffers(_) => "digest_differs",
            Refused(error) => error.code(),
        }
    }

    /// 400 for what can never be right; 401 where another signature would do.
    pub fn status(&self) -> StatusCode {
        match self {
            Malformed(..) | NotCovered(_) | NoHeader(_) | Unsupported(_) | DigestDiffers(_) => {
                StatusCode::BAD_REQUEST
            }
            Missing(_) | Refused(_) => StatusCode::UNAUTHORIZED,
        }
    }

    /// What the people who run the system can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Missing(_) => {
                "发证机关要求对请求签名：请带上Signature-Input、Signature和（有请求体时）Content-Digest；网关会去掉请求头的，改放在表单成员里。"
            }
            Malformed(..) => {
                "请对照《接口签名》中的例子检查；放在表单里时，加号、斜线、等号和引号要做百分号编码。"
            }
            NotCovered(_) => {
                "请在Signature-Input中列出@method、@target-uri，有请求体时还有content-digest，并按同样的顺序重新签名。"
            }
            NoHeader(_) => "请检查网关是否改动了请求头；最好只覆盖@method、@target-uri和content-digest。",
            Unsupported(_) => {
                "可以覆盖@method、@target-uri、@authority、@scheme、@path、@query、@request-target和不带参数的请求头。"
            }
            DigestDiffers(_) => {
                "请对实际发送的字节（UTF-8）计算摘要；计算之后不要再改动空格、换行或字段顺序。"
            }
            Refused(error) => of_registry(*error),
        }
    }
}

fn of_registry(error: SignatureError) -> &'static str {
    match error {
        SignatureError::KeyUnknown => "请核对keyid；密钥已停用的，请向发证机关的管理员登记新的。",
        SignatureError::AlgorithmDiffers => "请把alg写成登记密钥时选定的算法，或者换用该算法的密钥。",
        SignatureError::Expired => "请校准系统时钟（与国家授时中心同步），并在每次发送前重新签名。",
        SignatureError::NonceUsed => {
            "请为每个请求（包括重试）生成新的随机数并重新签名；业务记录号不变，重试不会重复赋码。"
        }
        SignatureError::Wrong => {
            "请用《接口签名》中的例子逐步核对：签名文本、密钥、对外地址（而不是内网地址）、SM2的用户标识和签名格式。"
        }
    }
}
