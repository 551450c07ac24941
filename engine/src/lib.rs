//! The rule compiler and the scanner for a host in JavaScript.
//!
//! Everything that is passed is a number, or bytes in the memory of this module:
//! the host writes its bytes to [`allocate`]d memory and frees it, and reads
//! what it gets from [`answer_address`] before its next call. Texts are UTF-8;
//! structured answers are JSON. Objects are passed as their addresses.
//!
//! After a trap nothing in the instance can be trusted.

use std::alloc::Layout;
use std::slice;

use serde_json::{Value, json};
use yara_x::{Compiler, MetaValue, Rule, Rules, Scanner};

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Takes one text of YARA's `console` module.
    fn print(text: *const u8, length: usize);
    /// Takes the message of a panic, which ends in a trap.
    fn fail(message: *const u8, length: usize);
}

unsafe extern "C" {
    /// The constructors of static objects. Since they are called here, the
    /// linker does not call them before each exported function.
    fn __wasm_call_ctors();
}

/// No function that a rule can call needs random numbers.
fn no_random(_: &mut [u8]) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}
getrandom::register_custom_getrandom!(no_random);

/// To be called once, first.
#[unsafe(no_mangle)]
pub extern "C" fn start() {
    unsafe { __wasm_call_ctors() };
    std::panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        unsafe { fail(message.as_ptr(), message.len()) };
    }));
}

static mut ANSWER: Vec<u8> = Vec::new();

fn answer(bytes: Vec<u8>) {
    unsafe { *(&raw mut ANSWER) = bytes };
}

fn answer_json(value: &Value) {
    answer(value.to_string().into_bytes());
}

#[unsafe(no_mangle)]
pub extern "C" fn answer_address() -> *const u8 {
    unsafe { (*(&raw const ANSWER)).as_ptr() }
}

#[unsafe(no_mangle)]
pub extern "C" fn answer_length() -> usize {
    unsafe { (*(&raw const ANSWER)).len() }
}

/// Forgets the last answer, which may be large.
#[unsafe(no_mangle)]
pub extern "C" fn answer_drop() {
    answer(Vec::new());
}

/// Memory of `bytes` bytes, which must not be 0, at an address that is divisible
/// by 8.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(bytes: usize) -> *mut u8 {
    let layout = Layout::from_size_align(bytes, 8).expect("a valid size");
    let address = unsafe { std::alloc::alloc(layout) };
    if address.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    address
}

/// Frees memory of [`allocate`].
///
/// # Safety
/// The size is that with which it was allocated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn release(address: *mut u8, bytes: usize) {
    let layout = Layout::from_size_align(bytes, 8).expect("a valid size");
    unsafe { std::alloc::dealloc(address, layout) };
}

unsafe fn bytes_at<'a>(address: *const u8, length: usize) -> &'a [u8] {
    if length == 0 { &[] } else { unsafe { slice::from_raw_parts(address, length) } }
}

unsafe fn text_at<'a>(address: *const u8, length: usize) -> &'a str {
    std::str::from_utf8(unsafe { bytes_at(address, length) })
        .expect("the host passes UTF-8")
}

/// Answers with the functions that conditions may call, in the order of their
/// indexes: `[[module, name, parameters, results]]`.
#[unsafe(no_mangle)]
pub extern "C" fn condition_functions() {
    let functions: Vec<Value> = yara_x::host::functions()
        .into_iter()
        .map(|each| json!([each.module, each.name, each.parameters, each.results]))
        .collect();
    answer_json(&Value::from(functions));
}

#[unsafe(no_mangle)]
pub extern "C" fn compiler_new() -> *mut Compiler<'static> {
    Box::into_raw(Box::new(Compiler::new()))
}

/// # Safety
/// The address is that of a compiler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_free(compiler: *mut Compiler<'static>) {
    drop(unsafe { Box::from_raw(compiler) });
}

/// Makes no warnings: they would be kept with the rules.
///
/// # Safety
/// The address is that of a compiler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_ignore_warnings(compiler: *mut Compiler<'static>) {
    unsafe { (*compiler).switch_all_warnings(false) };
}

/// The value of a variable, as the host passes it.
///
/// `kind`: 0 for a text (`address`, `length`), 1 for an integer (`integer`), 2
/// for a float (`float`), 3 for a boolean (`integer`, 0 or 1).
unsafe fn variable(
    kind: u32,
    address: *const u8,
    length: usize,
    integer: i64,
    float: f64,
) -> Value {
    match kind {
        0 => Value::from(unsafe { text_at(address, length) }),
        1 => Value::from(integer),
        2 => Value::from(float),
        _ => Value::from(integer != 0),
    }
}

/// Returns 0, or 1 and answers with the error.
fn report<T, E: ToString>(result: Result<T, E>) -> u32 {
    match result {
        Ok(_) => 0,
        Err(error) => {
            answer(error.to_string().into_bytes());
            1
        }
    }
}

/// # Safety
/// The address is that of a compiler; `name` and `address` are texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_define_global(
    compiler: *mut Compiler<'static>,
    name: *const u8,
    name_length: usize,
    kind: u32,
    address: *const u8,
    length: usize,
    integer: i64,
    float: f64,
) -> u32 {
    let compiler = unsafe { &mut *compiler };
    let name = unsafe { text_at(name, name_length) };
    let value = unsafe { variable(kind, address, length, integer, float) };
    report(compiler.define_global(name, value))
}

/// # Safety
/// The address is that of a compiler; `name` is a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_new_namespace(
    compiler: *mut Compiler<'static>,
    name: *const u8,
    length: usize,
) {
    unsafe { (*compiler).new_namespace(text_at(name, length)) };
}

/// Returns 0, or 1 and answers with the error.
///
/// # Safety
/// The address is that of a compiler; `source` is a text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_add_source(
    compiler: *mut Compiler<'static>,
    source: *const u8,
    length: usize,
) -> u32 {
    report(unsafe { (*compiler).add_source(text_at(source, length)) })
}

fn answer_texts<T: ToString>(texts: &[T]) {
    let texts: Vec<Value> = texts.iter().map(|each| Value::from(each.to_string())).collect();
    answer_json(&Value::from(texts));
}

/// # Safety
/// The address is that of a compiler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_errors(compiler: *const Compiler<'static>) {
    answer_texts(unsafe { (*compiler).errors() });
}

/// # Safety
/// The address is that of a compiler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_warnings(compiler: *const Compiler<'static>) {
    answer_texts(unsafe { (*compiler).warnings() });
}

/// Frees the compiler and returns its rules.
///
/// # Safety
/// The address is that of a compiler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compiler_build(compiler: *mut Compiler<'static>) -> *mut Rules {
    let compiler = unsafe { Box::from_raw(compiler) };
    Box::into_raw(Box::new(compiler.build()))
}

/// # Safety
/// The address is that of rules without scanners.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rules_free(rules: *mut Rules) {
    drop(unsafe { Box::from_raw(rules) });
}

/// A scanner, and what it needs beside the one of the crate.
pub struct HostScanner {
    scanner: Scanner<'static>,
    limit_used: bool,
}

/// The scanner whose bits are in the area of the conditions.
static mut LAST_SCANNER: *const HostScanner = std::ptr::null();

/// # Safety
/// The address is that of rules, which must outlive the scanner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scanner_new(rules: *const Rules) -> *mut HostScanner {
    let mut scanner = Scanner::new(unsafe { &*rules });
    scanner.console_log(|text| unsafe { print(text.as_ptr(), text.len()) });
    Box::into_raw(Box::new(HostScanner { scanner, limit_used: false }))
}

/// # Safety
/// The address is that of a scanner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scanner_free(scanner: *mut HostScanner) {
    unsafe {
        if LAST_SCANNER == scanner {
            LAST_SCANNER = std::ptr::null();
        }
    }
    drop(unsafe { Box::from_raw(scanner) });
}

/// # Safety
/// The address is that of a scanner; `name` and `address` are texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scanner_set_global(
    scanner: *mut HostScanner,
    name: *const u8,
    name_length: usize,
    kind: u32,
    address: *const u8,
    length: usize,
    integer: i64,
    float: f64,
) -> u32 {
    let scanner = unsafe { &mut (*scanner).scanner };
    let name = unsafe { text_at(name, name_length) };
    let value = unsafe { variable(kind, address, length, integer, float) };
    report(scanner.set_global(name, value))
}

/// # Safety
/// The address is that of a scanner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scanner_max_matches(scanner: *mut HostScanner, maximum: usize) {
    unsafe { (*scanner).scanner.max_matches_per_pattern(maximum) };
}

/// Whether a condition of the last scan asked about the matches of a pattern
/// that reached the maximum.
///
/// # Safety
/// The address is that of a scanner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scanner_limit_used(scanner: *const HostScanner) -> u32 {
    unsafe { (*scanner).limit_used as u32 }
}

/// Scans a file. Returns the number of public rules that match, and answers
/// with them if there are any; or returns -1 and answers with the error.
///
/// `places`: the matches of each pattern that are answered, at most.
///
/// # Safety
/// The address is that of a scanner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scanner_scan(
    scanner: *mut HostScanner,
    address: *const u8,
    length: usize,
    places: usize,
) -> i32 {
    unsafe {
        if LAST_SCANNER != scanner {
            yara_x::host::clear_area();
            LAST_SCANNER = scanner;
        }
    }
    let host = unsafe { &mut *scanner };
    host.scanner.take_limit_used();
    let matching = match host.scanner.scan(unsafe { bytes_at(address, length) }) {
        Ok(results) => {
            results.matching_rules().map(|rule| describe(&rule, places)).collect::<Vec<_>>()
        }
        Err(error) => {
            answer(error.to_string().into_bytes());
            return -1;
        }
    };
    host.limit_used = host.scanner.take_limit_used();
    let count = matching.len() as i32;
    if count > 0 {
        answer_json(&Value::from(matching));
    }
    count
}

/// `{identifier, namespace, tags, metadata: [{identifier, value}], patterns:
/// [{identifier, total, places: [offset, length, offset, length, …]}]}`; a value
/// that is no UTF-8 is a list of bytes.
fn describe(rule: &Rule, places: usize) -> Value {
    let patterns: Vec<Value> = rule
        .patterns()
        .map(|pattern| {
            let matches = pattern.matches();
            let total = matches.len();
            let first: Vec<usize> = matches
                .take(places)
                .flat_map(|each| [each.range().start, each.range().len()])
                .collect();
            json!({ "identifier": pattern.identifier(), "total": total, "places": first })
        })
        .collect();
    let metadata: Vec<Value> = rule
        .metadata()
        .map(|(identifier, value)| json!({ "identifier": identifier, "value": meta(&value) }))
        .collect();
    json!({
        "identifier": rule.identifier(),
        "namespace": rule.namespace(),
        "tags": rule.tags().map(|tag| tag.identifier()).collect::<Vec<_>>(),
        "metadata": metadata,
        "patterns": patterns,
    })
}

fn meta(value: &MetaValue) -> Value {
    match value {
        MetaValue::Integer(value) => Value::from(*value),
        MetaValue::Float(value) => Value::from(*value),
        MetaValue::Bool(value) => Value::from(*value),
        MetaValue::String(value) => Value::from(*value),
        MetaValue::Bytes(value) => Value::from(value.to_vec()),
    }
}
