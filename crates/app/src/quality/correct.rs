//! 一键更正: a draft of a correction of a certificate, with what can be put right by itself filled in. Nothing is assigned before an
//! officer has looked at old and new and assigned it.

use crate::{App, Ctx, Result};
use domain::quality::{QualityRule, mend};
use domain::{CertificateId, DraftId, Kind, Kinds};

impl App {
    /// Begins the correction of what breaks a rule on a certificate; the draft, and how many values were filled in.
    pub async fn start_correction(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        rule: QualityRule,
    ) -> Result<(DraftId, u64)> {
        let mut filled = 0;
        let draft = self
            .begin_change(ctx, id, Kinds::one(Kind::Correction), |content| {
                filled = mend(rule, content);
                Some(format!("数据质量规则{}：{}", rule.code(), rule.label()))
            })
            .await?;
        Ok((draft, filled))
    }
}
