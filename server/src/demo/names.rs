//! Names that nobody bears: each begins with 演示 and holds a 某.

use super::Seed;

const FAMILY: [&str; 24] = [
    "林", "陈", "黄", "郑", "吴", "张", "李", "王", "刘", "杨", "叶", "谢", "许", "何", "江", "邱", "苏", "赖", "庄",
    "潘", "卢", "施", "余", "游",
];
const GIVEN: [&str; 30] = [
    "安", "和", "宁", "明", "清", "远", "山", "海", "春", "夏", "秋", "冬", "晨", "星", "岚", "溪", "松", "竹", "梅",
    "兰", "文", "武", "诚", "信", "义", "礼", "智", "勇", "平", "康",
];

pub(super) fn name(seed: &Seed, number: &str) -> String {
    let family = FAMILY[seed.below(&format!("family/{number}"), FAMILY.len())];
    let given = GIVEN[seed.below(&format!("given/{number}"), GIVEN.len())];
    format!("演示·{family}某{given}")
}
