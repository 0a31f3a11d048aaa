//! The program: see `bellwether --help`.

fn main() {}
