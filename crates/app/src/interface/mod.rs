//! 联网: what the systems of authorities ask for through the interface. Tokens say who calls (`token`), signatures that nobody
//! altered it on its way (`signing`), record ids make calls safe to repeat (`work`), and whatever is written goes through the
//! one funnel and the one writer.

mod algorithm;
mod clients;
mod item;
mod mode;
mod signing;
mod token;
mod work;

pub use algorithm::{SignatureAlgorithm, SigningKey};
pub use clients::{ClientInfo, ClientSpec, IssuedSecret, SecretInfo};
pub use item::{Fault, Gravity};
pub use mode::Mode;
pub use signing::{IssuedKey, KeyInfo, SignatureError, SignatureInput};
pub use token::{Caller, IssuedToken, TokenAsk, TokenError};
pub use work::{CallAct, Effect, ItemAnswer, ItemOutcome, Kept};
pub(crate) use work::{Effect as Done, Sent};
