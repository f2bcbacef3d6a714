//! 联网: what the systems of authorities ask for through the interface. Tokens say who calls (`token`), record ids make calls
//! safe to repeat (`work`), and whatever is written goes through the one funnel and the one writer.

mod clients;
mod item;
mod mode;
mod token;
mod unadopted;
mod work;

pub(crate) use clients::network;
pub use clients::{ClientInfo, ClientSpec, IssuedSecret, SecretInfo};
pub use item::{Fault, Gravity};
pub use mode::{Assigning, Mode, ModeChange};
pub use token::{Caller, IssuedToken, TokenAsk, TokenError};
pub use unadopted::{Unadopted, UnadoptedPage};
pub use work::{CallAct, Effect, ItemAnswer, ItemOutcome, Kept};
pub(crate) use work::{Effect as Done, Sent};
