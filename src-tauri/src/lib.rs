//! The shell of Parlor: a window around the page, and thin commands between the page and the engine.
//!
//! What it is: the only Rust that names Tauri. It starts the engine (`parlor-client`) and the own server (`parlor-server`),
//! opens the window and passes wishes and events on.
//! Promises: the page gets handles and ids, never a path it could change; nothing foreign is loaded into it; leaving is told to the
//! others, however the program ends. Leaves to others: all logic of rooms, files and calls.

mod automation;
mod commands;
mod display;
mod engine_events;
mod farewell;
mod keychain;
mod links;
mod logging;
mod media;
mod own_page;
mod own_server;
mod page;
#[cfg(desktop)]
mod pasted;
mod previews;
mod serve;
mod settings;
mod settings_store;
mod start;
mod state;
mod transfers;
#[cfg(target_os = "linux")]
mod webkit;
#[cfg(target_os = "linux")]
mod webkit_features;
mod window;
mod words;

use std::process::ExitCode;

use parlor_client::{Client, ClientConfig, OwnServerAddress};
use parlor_protocol::negotiation::HostKind;
use tauri::{AppHandle, Builder, Context, Manager, Wry};

use crate::{
    media::Media,
    own_server::OwnServer,
    settings_store::SettingsStore,
    start::{Start, USAGE, Why},
    state::AppState,
};

/// What peers see of the program.
const AGENT: &str = concat!("parlor/", env!("CARGO_PKG_VERSION"));
/// Exit code for arguments that are not known, as shells have it.
const EXIT_USAGE: u8 = 2;

/// The program on a desktop: reads the arguments and does what they say.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|one| one.to_string_lossy().into_owned()).collect();
    match Start::read(&arguments, display::is_reachable) {
        Start::Window => run(),
        Start::Serve(why) => {
            // Where the window keeps its data too, which only asks Tauri's running app.
            let folder = dirs::data_dir().map(|all| all.join(&context().config().identifier));
            return serve::in_foreground(why == Why::NoDisplay, folder.as_deref());
        }
        Start::Help => println!("{USAGE}"),
        Start::Version => println!("parlor {}", env!("CARGO_PKG_VERSION")),
        Start::Unknown(argument) => {
            eprintln!("parlor: unknown argument {argument}\n\n{USAGE}");
            return ExitCode::from(EXIT_USAGE);
        }
    }
    ExitCode::SUCCESS
}

/// Runs the window until it is closed. The entry point on mobile systems.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
#[expect(clippy::expect_used, reason = "without a window there is nobody to tell but standard error")]
pub fn run() {
    #[cfg(target_os = "linux")]
    webkit::before_start();
    with_plugins(Builder::default())
        .invoke_handler(tauri::generate_handler![
            commands::room::dispatch,
            commands::room::listen,
            commands::files::pick_files,
            commands::files::use_received,
            commands::files::previews,
            #[cfg(desktop)]
            commands::files::choose_folder,
            #[cfg(desktop)]
            commands::files::pick_folder,
            #[cfg(desktop)]
            commands::files::paste_files,
            commands::settings::load_settings,
            commands::settings::save_settings,
            commands::settings::networks,
            commands::settings::device_key,
            commands::unfinished::unfinished,
            commands::unfinished::discard_unfinished,
            commands::notices::notify,
            commands::media::media_port,
        ])
        .setup(|app| set_up(app.handle()))
        .run(context())
        .expect("the window could not be opened");
}

/// What the build put into the program: tauri.conf.json, the page, the icons.
fn context() -> Context<Wry> {
    tauri::generate_context!()
}

fn with_plugins(builder: Builder<Wry>) -> Builder<Wry> {
    // The first of all: a second start hands its link over and ends before anything else begins.
    #[cfg(desktop)]
    let builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)));
    let builder = builder
        .plugin(logging::plugin())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        // Without the script that opens clicked links by itself: links in texts are the page's matter.
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_store::Builder::new().build());
    #[cfg(desktop)]
    let builder = {
        use tauri_plugin_window_state::StateFlags;
        let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
        builder.plugin(tauri_plugin_window_state::Builder::new().with_state_flags(kept).build())
    };
    builder
}

fn set_up(app: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    let settings = SettingsStore::open(app)?;
    let own_server = own_server_of(app);
    let current = settings.current();
    let mut config = ClientConfig::new(HostKind::App, AGENT, current.folder().unwrap_or_default());
    config.ice_servers = current.ice_servers;
    config.relay_only = current.relay_only;
    config.neighbourhood = automation::neighbourhood();
    let (client, events) = tauri::async_runtime::block_on(async { Client::start(config) });
    let media = tauri::async_runtime::block_on(Media::open(app));
    app.manage(AppState::new(client, media, own_server, settings));
    keychain::open(app);
    engine_events::pass_on(app, events);
    farewell::watch_signals(app);
    links::watch(app);
    window::open(app)?;
    Ok(())
}

/// The server inside the program, with a key of this launch, so that others in the network have no rooms made there; none where it cannot be.
fn own_server_of(app: &AppHandle) -> Option<OwnServer> {
    let started = app.path().app_data_dir().map_err(|error| error.to_string()).and_then(|folder| {
        let key = OwnServerAddress::random_create_key();
        tauri::async_runtime::block_on(OwnServer::start(&folder, Some(key))).map_err(|error| error.to_string())
    });
    let told = |error: &String| tracing::error!(%error, "the own server could not be started; rooms need the address of another");
    started.inspect_err(told).ok()
}
