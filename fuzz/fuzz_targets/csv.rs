#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuma_fuzz::attempt::workbook("证书.csv", bytes));
