//! How things stand.

use wuyuan_client::lang::Lang;
use wuyuan_client::sync::Trouble;
use wuyuan_client::{Phone, Status};

use super::photos::short;
use super::records::time;
use super::table::Table;
use super::told::Told;
use super::{Context, out};

/// Prints how things stand.
pub fn run(context: &Context) -> Result<(), Told> {
    print(&context.open()?, context.lang)
}

fn of(phone: &Phone, lang: Lang) -> Result<Status, Told> {
    phone.status().map_err(|e| Told::phone(&e, lang))
}

/// One line: what waits and what needs somebody.
pub fn line(phone: &Phone, lang: Lang) -> Result<String, Told> {
    Ok(of(phone, lang)?.line(lang))
}

/// Everything.
pub fn print(phone: &Phone, lang: Lang) -> Result<(), Told> {
    let status = of(phone, lang)?;
    out::line(&status.line(lang))?;
    out::print(&facts(&status, lang).render(""))?;
    let mut table = Table::default();
    for unit in &status.units {
        let state = match (unit.complete, unit.diverged) {
            (_, true) => lang.pick(
                "与服务器不符,请联系管理员",
                "does not fit the server: somebody must look at it",
            ),
            (true, _) => lang.pick("完整", "complete"),
            (false, _) => lang.pick("未取完", "not complete yet"),
        };
        let records = format!("{} {}", unit.records, lang.pick("条", "records"));
        table.row([&unit.code, &records, state]);
    }
    out::print(&table.render("  "))?;
    let mut table = Table::default();
    for apart in &status.quarantined {
        let why = apart.code.map_or("", |code| lang.pick(code.zh(), code.en()));
        let code = apart.code.map_or("", |code| code.as_str());
        table.row([
            &format!("#{}", apart.seq),
            &apart.kind,
            &apart.record.to_string(),
            code,
            why,
        ]);
    }
    for photo in phone.photos().map_err(|e| Told::phone(&e, lang))? {
        if let Some(trouble) = photo.trouble {
            table.row([
                "",
                &short(&photo.sha256),
                &photo.media,
                trouble.code(),
                trouble.wording(lang),
            ]);
        }
    }
    if !table.is_empty() {
        out::line(lang.pick("需要处理:", "needs attention:"))?;
        out::print(&table.render("  "))?;
    }
    Ok(())
}

fn facts(status: &Status, lang: Lang) -> Table {
    let mut table = Table::default();
    table.row([
        lang.pick("成员", "member"),
        &format!("{} {}", status.name, status.number),
    ]);
    for appointment in &status.appointments {
        let role = lang.pick(appointment.role.zh(), appointment.role.en());
        table.row([
            lang.pick("聘任", "appointment"),
            &format!("{role} {} {}", appointment.unit, appointment.id),
        ]);
    }
    table.row([lang.pick("服务器", "server"), &status.server]);
    table.row([
        lang.pick("设备", "device"),
        &format!("{} #{}", status.device, status.head_seq),
    ]);
    if status.earlier_devices > 0 {
        table.row([
            lang.pick("曾用设备", "earlier devices"),
            &status.earlier_devices.to_string(),
        ]);
    }
    let counts = &status.counts;
    for (count, zh, en) in [
        (counts.waiting, "待同步", "waiting"),
        (counts.sent, "已发出待确认", "sent, not confirmed"),
        (counts.accepted, "已接收", "accepted"),
        (counts.held, "等待处理", "held"),
        (counts.quarantined, "未被接收", "quarantined"),
        (counts.lost, "服务器丢失", "lost by the server"),
    ] {
        if count > 0 {
            table.row([lang.pick(zh, en), &count.to_string()]);
        }
    }
    if status.photos.total > 0 {
        let held = lang.pick("手机上的照片", "photos on this phone");
        table.row([held, &status.photos.line(lang)]);
    }
    let never = lang.pick("从未", "never").to_owned();
    table.row([
        lang.pick("上次同步", "last sync"),
        &status.last_sync_ms.map_or(never, time),
    ]);
    if let Some(ms) = status.clock_offset_ms {
        let seconds = format!("{:+.1} s", ms as f64 / 1000.0);
        table.row([lang.pick("服务器时钟差", "server's clock"), &seconds]);
    }
    if let Some(generation) = &status.generation {
        table.row([lang.pick("服务器历史", "generation"), generation]);
    }
    log(&mut table, status, lang);
    if status.push_only {
        let zh = "只能上传未送达的记录";
        table.row([
            lang.pick("聘任已结束", "appointment ended"),
            lang.pick(zh, "only pending records may be delivered"),
        ]);
    }
    if let Some(trouble) = status.trouble {
        let (zh, en) = match trouble {
            Trouble::SignIn => ("登录已失效,请运行 phone sign-in", "run `phone sign-in`"),
            Trouble::Forked => (
                "手机曾被恢复或复制,请运行 phone sign-in",
                "this phone was restored or copied: run `phone sign-in`",
            ),
            Trouble::Lost | Trouble::Taken => ("下次同步时以新设备继续", "goes on under a new device at the next sync"),
        };
        table.row([
            lang.pick("需要处理", "attention"),
            &format!("{} [{}]", lang.pick(zh, en), trouble.code()),
        ]);
    }
    table
}

/// The transparency log: how far it is believed, restores, and what was not believed.
fn log(table: &mut Table, status: &Status, lang: Lang) {
    if let Some((origin, size)) = &status.log.head {
        let entries = lang.pick("条", "entries");
        table.row([
            lang.pick("封存记录", "transparency log"),
            &format!("{origin}, {size} {entries}"),
        ]);
    }
    for restore in &status.log.restores {
        let words = match restore.lost() {
            0 => lang
                .pick(
                    "已恢复备份,封存完整",
                    "the server was restored, nothing sealed was lost",
                )
                .to_owned(),
            lost => match lang {
                Lang::Zh => format!("已恢复备份,丢失 {lost} 条封存"),
                Lang::En => format!("the server was restored and lost {lost} sealed entries"),
            },
        };
        table.row([
            lang.pick("服务器恢复", "restore"),
            &format!(
                "{} {words}: {} -> {}",
                time(restore.at_ms),
                restore.before,
                restore.origin
            ),
        ]);
    }
    if let Some(warning) = &status.log.warning {
        let words = match lang {
            Lang::Zh => format!("{},请报告管理员", warning.why.zh()),
            Lang::En => format!("{}: report it", warning.why),
        };
        table.row([
            lang.pick("需要处理", "attention"),
            &format!("{words} [{}] {}", warning.why.code(), time(warning.since_ms)),
        ]);
    }
}
