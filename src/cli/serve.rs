//! `serve`: dashboard and API alone, over an existing store.

use super::args::Cli;
use super::failure::{ExitStatus, UsageError};
use super::pipeline::{self, House};
use crate::settings::StorePlace;

pub(super) fn run(cli: &Cli) -> anyhow::Result<ExitStatus> {
    let settings = super::settings(cli)?;
    if let StorePlace::Folder(folder) = &settings.store
        && !folder.exists()
    {
        return Err(UsageError::new(format!("there is no store at `{}` yet", folder.display()))
            .with_hint("`bellwether run` makes one and serves it")
            .into());
    }
    let house = House::join(settings)?;
    super::runtime()?.block_on(async {
        let signal = pipeline::on_signal()?;
        super::run::serve(house, signal).await
    })?;
    Ok(ExitStatus::Success)
}
