//! Arguments for the linker: the host supplies the memory of the module.

/// Must be `initialPages` of `src/engine/module/engine-instance.ts`.
const INITIAL_BYTES: u32 = 256 * 65_536;

fn main() {
    println!("cargo::rustc-cdylib-link-arg=--import-memory");
    println!("cargo::rustc-cdylib-link-arg=--initial-memory={INITIAL_BYTES}");
    println!("cargo::rerun-if-changed=build.rs");
}
