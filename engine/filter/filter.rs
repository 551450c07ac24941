//! Sets the grams of a content in its filter (`src/index/content-filter.ts`).
//!
//! A filter is an array of words of 64 bits. A gram, four bytes read as a
//! little-endian number, has one word and two bits of it, so that it costs one
//! access to memory. `src/index/gram-hash.ts` has the same functions.
//!
//! The host writes to the memory: `CHUNK` bytes of a content from
//! `chunk_address()`, and words from `words_address()`.

#![no_std]

use core::arch::wasm32::{
    i8x16_shuffle, i32x4_mul, memory_grow, u32x4_extract_lane, u32x4_shr, u32x4_splat,
    v128_load64_zero, v128_xor,
};

const CHUNK: usize = 256 * 1024;
const WORD_FACTOR: u32 = 0x9e37_79b1;
const PAIR_FACTOR: u32 = 0x85eb_ca6b;

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
    // A local variable: what is written to words might be `WORDS` otherwise.
    let words = unsafe { WORDS } as *mut u64;
    let mut at = 0;
    macro_rules! set_lane {
        ($lane:literal, $word:ident, $pair:ident) => {
            let word = u32x4_extract_lane::<$lane>($word);
            set(words, word, u32x4_extract_lane::<$lane>($pair));
        };
    }
    unsafe {
        // Four grams at once.
        while at + 7 <= length {
            let next = v128_load64_zero(bytes.add(at).cast());
            let grams = i8x16_shuffle::<0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6>(next, next);
            let mixed = v128_xor(grams, u32x4_shr(grams, 15));
            let word = u32x4_shr(i32x4_mul(mixed, u32x4_splat(WORD_FACTOR)), shift);
            let pair = u32x4_shr(i32x4_mul(mixed, u32x4_splat(PAIR_FACTOR)), 20);
            set_lane!(0, word, pair);
            set_lane!(1, word, pair);
            set_lane!(2, word, pair);
            set_lane!(3, word, pair);
            at += 4;
        }
        while at + 4 <= length {
            let gram = bytes.add(at).cast::<u32>().read_unaligned();
            let mixed = gram ^ (gram >> 15);
            set(
                words,
                mixed.wrapping_mul(WORD_FACTOR) >> shift,
                mixed.wrapping_mul(PAIR_FACTOR) >> 20,
            );
            at += 1;
        }
    }
}

#[inline(always)]
unsafe fn set(words: *mut u64, word: u32, pair: u32) {
    unsafe { *words.add(word as usize) |= PAIRS[pair as usize] }
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
