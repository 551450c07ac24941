//! Sets the grams of a content in its filter (`src/index/content-filter.ts`).
//!
//! A filter is an array of words of 64 bits. A gram, four bytes read as a
//! little-endian number, has one word and two bits of it, so that it costs one
//! access to memory. `src/index/gram-hash.ts` has the same functions.
//!
//! The host writes to the memory: `CHUNK` bytes of a content from
//! `chunk_address()`, and words from `words_address()`.

#![no_std]

use core::arch::wasm32::memory_grow;

const CHUNK: usize = 256 * 1024;

/// Two bits of a word, for each of their numbers.
static mut PAIRS: [u64; 4096] = [0; 4096];
static mut BYTES: [u8; CHUNK + 8] = [0; CHUNK + 8];
static mut WORDS: usize = 0;
static mut PAGES: usize = 0;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

#[unsafe(no_mangle)]
pub extern "C" fn chunk_address() -> *mut u8 {
    (&raw mut BYTES).cast()
}

/// Makes room for this many words, all zero. Zero if there is no memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn words_address(count: usize) -> usize {
    unsafe {
        if WORDS == 0 {
            for pair in 0..4096u32 {
                PAIRS[pair as usize] = 1u64.wrapping_shl(pair >> 6) | 1u64.wrapping_shl(pair);
            }
        }
        let pages = (count * 8).div_ceil(65_536);
        if pages > PAGES {
            let end = memory_grow(0, pages - PAGES);
            if end == usize::MAX {
                return 0;
            }
            if WORDS == 0 {
                WORDS = end * 65_536;
            }
            PAGES = pages;
        }
        core::ptr::write_bytes(WORDS as *mut u64, 0, count);
        WORDS
    }
}

/// Sets the grams of a chunk in `1 << size` words, which is two words or more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn add(length: usize, size: u32) {
    let shift = 32 - size;
    let bytes = &raw const BYTES as *const u8;
    let mut at = 0;
    macro_rules! set {
        ($gram:expr) => {
            let mixed = $gram ^ ($gram >> 15);
            let word = (WORDS as *mut u64).add((mixed.wrapping_mul(0x9e37_79b1) >> shift) as usize);
            *word |= PAIRS[(mixed.wrapping_mul(0x85eb_ca6b) >> 20) as usize];
        };
    }
    unsafe {
        while at + 7 <= length {
            let next = bytes.add(at).cast::<u64>().read_unaligned();
            set!(next as u32);
            set!((next >> 8) as u32);
            set!((next >> 16) as u32);
            set!((next >> 24) as u32);
            at += 4;
        }
        while at + 4 <= length {
            set!(bytes.add(at).cast::<u32>().read_unaligned());
            at += 1;
        }
    }
}

/// The number of bits that are set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn count(words: usize) -> usize {
    unsafe {
        (0..words)
            .map(|index| (WORDS as *const u64).add(index).read().count_ones() as usize)
            .sum()
    }
}

/// Halves the filter: words next to each other become one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fold(words: usize) {
    let at = unsafe { WORDS } as *mut u64;
    unsafe {
        for index in 0..words / 2 {
            *at.add(index) = *at.add(2 * index) | *at.add(2 * index + 1);
        }
    }
}
