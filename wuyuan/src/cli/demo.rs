//! `wuyuan serve --demo`.

use std::io::Write;
use std::net::SocketAddr;

use wuyuan_server::accounts::password;
use wuyuan_server::app::App;
use wuyuan_server::demo::{self, Installed};

use super::Failure;

/// Makes the demonstration district if the database is empty, and says how to begin.
pub fn prepare(app: &App, address: SocketAddr) -> Result<(), Failure> {
    refuse_exposure(address)?;
    let district = demo::district(demo::SEED)?;
    let hash = password::hash(demo::PASSWORD)?;
    let installed = demo::install(&app.store, &district, &hash, app.now_ms())?;
    let mut out = std::io::stdout().lock();
    if installed == Installed::Now {
        writeln!(
            out,
            "Made the demonstration district: the grid of 晋安区 ({} units) with 641 members in five roles,",
            district.units.len()
        )?;
        writeln!(
            out,
            "188 group leaders, 9 area managers and 9 office accounts. All of these people are made up."
        )?;
    }
    out.write_all(welcome(address).as_bytes())?;
    Ok(())
}

/// Without `--demo`: a database that holds the demonstration is not opened to other machines.
pub fn keep_private(app: &App, address: SocketAddr) -> Result<(), Failure> {
    if demo::is_installed(&app.store)? {
        refuse_exposure(address)
    } else {
        Ok(())
    }
}

fn refuse_exposure(address: SocketAddr) -> Result<(), Failure> {
    if address.ip().is_loopback() {
        Ok(())
    } else {
        Err(
            "everybody in the demonstration has the same, published password: it listens on 127.0.0.1 or [::1] only"
                .into(),
        )
    }
}

fn welcome(address: SocketAddr) -> String {
    let password = demo::PASSWORD;
    format!(
        "\n\
         The demonstration runs on http://{address}. Everybody's password is {password}\n\
         \n\
         \x20 D0001  a supervisor 督导员           D0004  a volunteer 志愿者\n\
         \x20 D1001  a group leader 小组长         D2001  an area manager 片区管理员\n\
         \x20 D9001  a prosecutor 检察官           D9006  the reconciliation officer 对账管理员\n\
         \n\
         A phone of your own, in another terminal; it works while this server is stopped, too. (`wuyuan` is the\n\
         program that runs here: target/release/wuyuan after `make run`.)\n\
         \n\
         \x20 export WUYUAN_PHONE_PASSWORD={password}\n\
         \x20 wuyuan phone --home /tmp/phone-a enrol --server http://{address} --number D0004\n\
         \x20 wuyuan phone --home /tmp/phone-a record photo_report --unit 350111001001 --set channel=app --set interest=accessibility --set title=盲道被占\n\
         \x20 wuyuan phone --home /tmp/phone-a sync\n\
         \x20 wuyuan phone --home /tmp/phone-a list\n\
         \n\
         README.md goes on from here.\n\n"
    )
}
