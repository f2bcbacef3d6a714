#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuma_fuzz::attempt::workbook("fuzz.xlsx", bytes);
    fuma_fuzz::attempt::annex("fuzz.xlsx", bytes);
});
