//! `woodcut serve`: the page on which projects are watched.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context;
use config::{Flags, Sources};
use dashboard::{Server, Settings};
use manifest::Interrupt;
use manifest::crew::Ending;

/// Show every project below some folders on a page, live
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// Where projects are looked for [default: the current folder]
    #[arg(value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// The port; 0 takes one that is free [default: 8417]
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// The address; any but this machine's own needs a token [default: 127.0.0.1]
    #[arg(long, value_name = "IP")]
    pub address: Option<IpAddr>,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let flags = Flags::new().with("serve.port", "--port", self.port.map(i64::from)).with(
            "serve.address",
            "--address",
            self.address.map(|ip| ip.to_string()),
        );
        let serve = config::load(&Sources::of_process(None, &flags))?.config.serve;
        let address: IpAddr = serve.address.parse().with_context(|| {
            format!("`serve.address` must be an address like 127.0.0.1, not `{}`", serve.address)
        })?;
        let here = [PathBuf::from(".")];
        let named = if self.folders.is_empty() { &here[..] } else { &self.folders };
        // The page is read elsewhere than where this was said.
        let folders = named.iter().map(std::path::absolute).collect::<Result<_, _>>()?;
        let settings = Settings {
            folders,
            address: SocketAddr::new(address, serve.port),
            names: serve.names,
            token: models::process_env(&serve.token_env),
            token_env: serve.token_env,
        };
        let server = Server::bind(settings, interrupt)?;
        let url = server.url()?;
        writeln!(std::io::stdout(), "{url}")?;
        eprintln!("the page is served; Ctrl-C ends it");
        if self.open
            && let Err(error) = open::that_detached(&url)
        {
            eprintln!("cannot open a browser ({error}); open {url} yourself");
        }
        server.run()?;
        Ok(Ending::Complete)
    }
}
