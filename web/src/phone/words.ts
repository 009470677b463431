/** What codes mean, for people: the server's, and the phone's own. */

import type { Lang } from '../phone'
import { own } from '../protocol/catalogue'
import { CODES } from './codes'

/** By code: zh-Hans, zh-Hant, en. */
const LOCAL: Record<string, [string, string, string]> = {
  unreachable: [
    '连不上服务器,请检查网络;记录已保存在手机上',
    '連不上伺服器,請檢查網絡;記錄已保存在手機上',
    'The server cannot be reached; what was recorded is kept on this phone.',
  ],
  timeout: [
    '网络太慢,服务器没有及时应答;稍后会自动重试',
    '網絡太慢,伺服器沒有及時應答;稍後會自動重試',
    'The server did not answer in time; it is tried again by itself.',
  ],
  answer_foreign: [
    '收到的不是本系统的应答,请检查网络是否需要先登录',
    '收到的不是本系統的應答,請檢查網絡是否需要先登入',
    'What answered is not this server: does this network want a sign-in of its own?',
  ],
  no_progress: [
    '服务器没有处理完,稍后会自动重试;记录没有丢失',
    '伺服器沒有處理完,稍後會自動重試;記錄沒有丟失',
    'The server makes nothing of it at the moment; it is tried again by itself, and nothing is lost.',
  ],
  receipt_invalid: [
    '服务器的回执签名不符,请联系管理员',
    '伺服器的回執簽名不符,請聯繫管理員',
    "The server's receipt does not hold: tell the administrator.",
  ],
  sign_in: [
    '登录已过期,请重新登录;记录都在',
    '登錄已過期,請重新登錄;記錄都在',
    'Sign in again; what was recorded is kept.',
  ],
  feed_forked: [
    '这台手机曾被恢复或复制,请重新登录;已有记录都在',
    '這台手機曾被恢復或複製,請重新登錄;已有記錄都在',
    'This phone was restored or copied: sign in again; what was recorded is kept.',
  ],
  feed_lost: [
    '服务器恢复过备份,下次同步会自动接上',
    '伺服器恢復過備份,下次同步會自動接上',
    'The server was restored; the next sync goes on by itself.',
  ],
  device_taken: [
    '设备标识与别人重复,下次同步会自动换新',
    '設備標識與別人重複,下次同步會自動換新',
    "Another member's device bears this one's name; the next sync goes on under a new one.",
  ],
  other_member: [
    '这台手机属于另一位成员,请先退出登录',
    '這台手機屬於另一位成員,請先退出登錄',
    'This phone is of another member: sign out first.',
  ],
  storage_full: [
    '手机存储空间已满,请清理后重试;已有记录没有丢失',
    '手機存儲空間已滿,請清理後重試;已有記錄沒有丟失',
    "The phone's storage is full: free some space, then try again; nothing was lost.",
  ],
  storage_newer: [
    '手机数据由更新版本的应用写入,请更新应用',
    '手機數據由更新版本的應用寫入,請更新應用',
    'The data on this phone was written by a newer app: update it.',
  ],
  // A disk that is full below the browser's own limit shows itself so.
  storage_failed: [
    '手机没有存下,请先清理手机空间再试;还不行就重启手机',
    '手機沒有存下,請先清理手機空間再試;還不行就重啟手機',
    'The phone could not store it: free some space and try again; if that does not help, restart it.',
  ],
  storage_damaged: [
    '手机上的数据有损坏,请联系管理员',
    '手機上的數據有損壞,請聯繫管理員',
    'The data on this phone is damaged: tell the administrator.',
  ],
  not_ready: [
    '手机还没有准备好,请先连网同步一次',
    '手機還沒有準備好,請先連網同步一次',
    'Sync once with the server first.',
  ],
  base_moved: [
    '打开之后记录有了变化,请重新查看,或确认仍要保存',
    '打開之後記錄有了變化,請重新查看,或確認仍要保存',
    'The record has changed since it was opened: look at it again, or save beside what came.',
  ],
  nothing_changed: ['没有改动', '沒有改動', 'Nothing was changed.'],
  record_gone: ['这条记录不在手机上了', '這條記錄不在手機上了', 'The record is not on this phone any more.'],
  undelivered: [
    '还有内容没有送达,请先同步或导出;强制退出会丢失这些内容',
    '還有內容沒有送達,請先同步或匯出;強制登出會丟失這些內容',
    'Some of it has not been delivered: sync or export it first; signing out all the same loses it.',
  ],
  running_already: [
    '已有正在进行的服务,请先结束',
    '已有正在進行的服務,請先結束',
    'A service is running already: end it first.',
  ],
  not_running: ['没有正在进行的服务', '沒有正在進行的服務', 'No service is running.'],
  photo_empty: ['文件是空的', '文件是空的', 'The file is empty.'],
  photo_unreadable: ['文件无法读取,请重新选择', '文件無法讀取,請重新選擇', 'The file cannot be read: choose it again.'],
  photo_damaged: [
    '手机上的原件已改动或无法读取,请重新添加这张照片',
    '手機上的原件已改動或無法讀取,請重新添加這張照片',
    'The original on this phone has changed or cannot be read: add the photo again.',
  ],
  photo_missing: [
    '手机上没有原件,请重新添加这张照片',
    '手機上沒有原件,請重新添加這張照片',
    'The original is not on this phone: add the photo again.',
  ],
  unsent_days: [
    '有记录超过3天没有送达,请尽快同步或导出备份',
    '有記錄超過3天沒有送達,請盡快同步或匯出備份',
    'Something has waited for more than 3 days: sync soon, or export it.',
  ],
  unit_diverged: [
    '有一个单位的数据与服务器不一致,已报告',
    '有一個單位的數據與伺服器不一致,已報告',
    'The data of a unit does not fit what the server says; it was reported.',
  ],
  lost: [
    '有送达过的记录被服务器丢失,手机上已无原文,请联系管理员',
    '有送達過的記錄被伺服器丟失,手機上已無原文,請聯繫管理員',
    'The server has lost something that was delivered, and its text is gone here: tell the administrator.',
  ],
  overlap: [
    '与您的另一次服务时间重叠,请核对',
    '與您的另一次服務時間重疊,請核對',
    'The time overlaps with another service of yours: check it.',
  ],
  no_check_out: [
    '有一次服务只有开始没有结束,请补上',
    '有一次服務只有開始沒有結束,請補上',
    'A service was begun and never ended: complete it.',
  ],
  password_short: ['导出密码至少8个字符', '匯出密碼至少8個字符', 'A password of an export has at least 8 characters.'],
  storage_unpersisted: [
    '浏览器可能会清理本应用的数据',
    '瀏覽器可能會清理本應用的數據',
    "The browser may throw away this app's data.",
  ],
}

/** The words of a code; the code itself where nobody knows it. */
export function words(code: string, lang: Lang): string {
  const found = own(LOCAL, code) ?? own(CODES, code)
  if (found === undefined) return code
  return found[lang === 'en' ? 2 : lang === 'zh-Hant' ? 1 : 0]
}
