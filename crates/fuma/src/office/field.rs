//! Fields of forms: what stands in them, what is asked, what is wrong.

/// How a field is typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// One line.
    Text,
    /// A day. Plain text: people type and paste days in many forms, all of which the funnel reads.
    Day,
    /// Hidden characters.
    Password,
    /// Several lines.
    Lines,
    /// One of (value, label).
    Choice(Vec<(String, String)>),
    /// 是/否.
    Tick,
}

/// One field of a form with all it needs to come back wrong.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// Name in the form and id in the page.
    pub name: String,
    /// What people read.
    pub label: String,
    /// How it is typed in.
    pub input: Input,
    /// What was typed.
    pub value: String,
    /// Marked with a star.
    pub required: bool,
    /// What to type, or empty.
    pub hint: String,
    /// What is wrong and what to do, or empty.
    pub error: String,
    /// The browser's word for what it may fill in, or empty.
    pub autocomplete: &'static str,
    /// Across the whole form.
    pub wide: bool,
}

impl FieldView {
    fn new(name: impl Into<String>, label: impl Into<String>, input: Input) -> FieldView {
        FieldView {
            name: name.into(),
            label: label.into(),
            input,
            value: String::new(),
            required: false,
            hint: String::new(),
            error: String::new(),
            autocomplete: "off",
            wide: false,
        }
    }

    /// One line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> FieldView {
        FieldView::new(name, label, Input::Text)
    }

    /// A day.
    pub fn day(name: impl Into<String>, label: impl Into<String>) -> FieldView {
        FieldView::new(name, label, Input::Day)
    }

    /// A password; its value never comes back.
    pub fn password(name: impl Into<String>, label: impl Into<String>) -> FieldView {
        FieldView::new(name, label, Input::Password)
    }

    /// Several lines.
    pub fn lines(name: impl Into<String>, label: impl Into<String>) -> FieldView {
        FieldView { wide: true, ..FieldView::new(name, label, Input::Lines) }
    }

    /// One of several, given as (value, label).
    pub fn choice(
        name: impl Into<String>,
        label: impl Into<String>,
        options: Vec<(String, String)>,
    ) -> FieldView {
        FieldView::new(name, label, Input::Choice(options))
    }

    /// 是/否; ticked if the value is not empty.
    pub fn tick(name: impl Into<String>, label: impl Into<String>) -> FieldView {
        FieldView::new(name, label, Input::Tick)
    }

    /// Must be filled in.
    pub fn required(mut self) -> FieldView {
        self.required = true;
        self
    }

    /// What stands in it.
    pub fn value(mut self, value: impl Into<String>) -> FieldView {
        self.value = value.into();
        self
    }

    /// What to type.
    pub fn hint(mut self, hint: impl Into<String>) -> FieldView {
        self.hint = hint.into();
        self
    }

    /// What is wrong with it.
    pub fn error(mut self, error: impl Into<String>) -> FieldView {
        self.error = error.into();
        self
    }

    /// What the browser may fill in, such as `username`.
    pub fn autocomplete(mut self, word: &'static str) -> FieldView {
        self.autocomplete = word;
        self
    }

    /// Across the whole form.
    pub fn wide(mut self) -> FieldView {
        self.wide = true;
        self
    }

    /// The ids of hint and error, for `aria-describedby`.
    pub fn described_by(&self) -> String {
        let part = |text: &str, suffix: &str| (!text.is_empty()).then(|| format!("{}-{suffix}", self.name));
        [part(&self.hint, "hint"), part(&self.error, "error")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The fields with an error, for the summary on top of a form.
pub fn wrong_fields<'a>(fields: impl IntoIterator<Item = &'a FieldView>) -> Vec<&'a FieldView> {
    fields.into_iter().filter(|f| !f.error.is_empty()).collect()
}

/// What is wrong with what was typed, by the name of the field.
pub type Wrong = Vec<(&'static str, String)>;

/// Fields with what is wrong of each.
pub fn with_errors(fields: Vec<FieldView>, wrong: &Wrong) -> Vec<FieldView> {
    let error = |field: FieldView| {
        let said = wrong.iter().filter(|(name, _)| field.name == *name).map(|(_, said)| said.as_str());
        let said = said.collect::<Vec<_>>().join("；");
        field.error(said)
    };
    fields.into_iter().map(error).collect()
}
