#![no_main]
libfuzzer_sys::fuzz_target!(|text: &str| fuma_fuzz::attempt::number(text));
