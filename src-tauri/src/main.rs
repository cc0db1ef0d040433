//! The desktop program: everything is in the library, which mobile systems load instead.

// Without it Windows opens a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    parlor_lib::main()
}
