//! A bulletin on paper.

use crate::{App, Ctx, Result};
use data_encoding::HEXLOWER;
use domain::bulletin::{BulletinId, State, Step};
use print::{BulletinSheet, Output, Overprint, Profile};

impl App {
    /// The bulletin as a PDF. Until it is released every page says 样张.
    ///
    /// # Errors
    /// As [`App::bulletin`]; a text with a character that no font has.
    pub async fn bulletin_pdf(&self, ctx: &Ctx, id: BulletinId) -> Result<Vec<u8>> {
        let view = self.bulletin(ctx, id).await?;
        let released = view.done(Step::Release).map(|done| done.recorded_at);
        let drafted = view.steps.first().map_or_else(|| self.now(), |done| done.recorded_at);
        let sheet = BulletinSheet {
            title: view.title.clone(),
            text: view.text.clone(),
            period: view.aggregates.period,
            edition: view.aggregates.edition,
            corrects: view.corrects.as_ref().map(|(_, title)| title.clone()),
            state: match view.state {
                State::Released => String::new(),
                state => state.label().to_owned(),
            },
            released: released.map(|at| at.day()),
            issuer: self.national_name(),
            shown: view.shown.clone(),
            cut: view.aggregates.cut,
            digest: HEXLOWER.encode(&view.bulletin.digest),
            overprint: match released {
                Some(_) => self.config.footing.overprint(),
                None => Overprint::Sample,
            },
        };
        let (fonts, created) = (self.fonts.clone(), released.unwrap_or(drafted));
        let output = Output { profile: Profile::Archive, created };
        let drawn = crate::printing::drawing(move || print::bulletin_sheet(&sheet, &output, &fonts)).await?;
        Ok(drawn.bytes)
    }

    /// The name of the national authority.
    fn national_name(&self) -> String {
        let tables = self.tables();
        let national = tables.authorities.iter().find(|it| it.level == domain::Level::National);
        national.map(|it| it.name.clone()).unwrap_or_default()
    }
}
