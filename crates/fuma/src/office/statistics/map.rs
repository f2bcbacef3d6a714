//! The official map of the country, where the operator has one: GeoJSON with its number of approval. The program brings none, since
//! a map of China may only be shown as it was approved (公开地图内容表示规范, 2023).

use super::grid::name_of;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::Path;

/// A map, ready for the script.
#[derive(Clone, Debug)]
pub struct Map {
    /// 审图号, shown below it.
    pub number: String,
    /// GeoJSON whose features are named as the squares are.
    pub geo: Vec<u8>,
}

impl Map {
    /// Reads GeoJSON; each province is known by `adcode` or `gb` of its properties.
    ///
    /// # Errors
    /// A file that cannot be read or is none, a map that lacks a province, a map without its number.
    pub fn read(path: &Path, number: &str) -> Result<Map> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("地图文件 {shown} 读不出来，请核对路径和权限"))?;
        let geo: Value =
            serde_json::from_str(&text).with_context(|| format!("地图文件 {shown} 不是 GeoJSON"))?;
        Map::of(geo, number).with_context(|| format!("地图文件 {shown} 不能用"))
    }

    fn of(mut geo: Value, number: &str) -> Result<Map> {
        if number.trim().is_empty() {
            bail!("没有审图号：请在 [map] 中写 number = \"GS(年份)编号号\"，没有审图号的地图不能显示");
        }
        let Some(features) = geo["features"].as_array_mut() else {
            bail!("没有 features：应为 GeoJSON 的 FeatureCollection");
        };
        let mut known = Vec::new();
        for feature in features {
            let Some(code) = code(&feature["properties"]) else { continue };
            if let Some(name) = name_of(&code) {
                feature["properties"] = json!({ "name": name });
                known.push(code);
            }
        }
        let missing: Vec<&str> = super::grid::mapped()
            .filter(|(code, _)| !known.iter().any(|it| it == code))
            .map(|(_, name)| name)
            .collect();
        if !missing.is_empty() {
            bail!(
                "缺少 {}：地图必须完整，每个省级行政区的 properties 中应有 adcode（如 610000）或 gb（如 156610000）",
                missing.join("、")
            );
        }
        Ok(Map { number: number.trim().to_owned(), geo: geo.to_string().into_bytes() })
    }
}

/// The first two digits of a feature's division.
fn code(properties: &Value) -> Option<String> {
    let text = |name: &str| match &properties[name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let gb = || text("gb").and_then(|text| text.strip_prefix("156").map(str::to_owned));
    let digits = text("adcode").or_else(gb)?;
    let province =
        digits.len() == 6 && digits.ends_with("0000") && digits.bytes().all(|it| it.is_ascii_digit());
    province.then(|| digits[..2].to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Squares in a row: invented, and no map of anything.
    pub fn invented() -> Value {
        let square = |(at, (code, _)): (usize, (&str, &str))| {
            let x = at as f64;
            let ring = [[x, 0.0], [x + 1.0, 0.0], [x + 1.0, 1.0], [x, 1.0], [x, 0.0]];
            let id = if at % 2 == 0 {
                json!({ "adcode": format!("{code}0000") })
            } else {
                json!({ "gb": format!("156{code}0000") })
            };
            json!({ "type": "Feature", "properties": id, "geometry": { "type": "Polygon", "coordinates": [ring] } })
        };
        let features: Vec<Value> = super::super::grid::mapped().enumerate().map(square).collect();
        json!({ "type": "FeatureCollection", "features": features })
    }

    #[test]
    fn a_map_is_whole_and_has_its_number() {
        let map = Map::of(invented(), " GS(示例)0000号 ").unwrap();
        let geo: Value = serde_json::from_slice(&map.geo).unwrap();
        assert_eq!((map.number.as_str(), geo["features"].as_array().unwrap().len()), ("GS(示例)0000号", 34));
        assert!(geo["features"].as_array().unwrap().iter().any(|it| it["properties"]["name"] == "台湾"));
        assert!(Map::of(invented(), "").is_err());
        assert!(Map::of(json!({}), "GS(示例)0000号").is_err());
        let mut less = invented();
        less["features"].as_array_mut().unwrap().retain(|it| it["properties"]["adcode"] != "230000");
        let refused = Map::of(less, "GS(示例)0000号").unwrap_err().to_string();
        assert!(refused.contains("缺少 黑龙江"), "{refused}");
    }
}
