// Simplified Chinese in traditional characters, for the catalogue's texts, which come in simplified characters alone. It knows the
// characters that they use; what it does not know stays as it is. Names of people and places are never sent through it.

const SIMPLIFIED =
  '诉讼随众员损线统计电话热来访领属于态环资护药国财产权让军个垄断网络诈骗农质妇无碍设遗标题么况说内图调' +
  '语时摄间发现场点负责单续紧愿经后联馈结记办规则条组织执台机关协转闻体会舆论职编号备实评见决项进检议范' +
  '围补拟审长废开务为诺证与对应类别险驾驶盗窃营确谁约钟轻车动换两违传洁参书导价满归档销录响处报气阴温风' +
  '认异误当问帮区矫称数错湾码衔际册脱请门视频学饮争触难绪听变较采没脸阅闭账户维爱卫邻准专过还写选择这页' +
  '给显隐输样着验旧钥软从连达张马种冲删吗许详坐丢叠浏览远储咨询师试启识几据适状晋园庄镇岳寿乡东红凤鸡华' +
  '乐阳屿辉双侨横岚贤圣兴桥鳝厦锦绣万临战龙涧杨鹅汤斗顶垅义头云鹤黄岗弥创楼胜仑优岭叶贵庙党铁并复签须里'

const TRADITIONAL =
  '訴訟隨眾員損線統計電話熱來訪領屬於態環資護藥國財產權讓軍個壟斷網絡詐騙農質婦無礙設遺標題麼況說內圖調' +
  '語時攝間發現場點負責單續緊願經後聯饋結記辦規則條組織執臺機關協轉聞體會輿論職編號備實評見決項進檢議範' +
  '圍補擬審長廢開務為諾證與對應類別險駕駛盜竊營確誰約鐘輕車動換兩違傳潔參書導價滿歸檔銷錄響處報氣陰溫風' +
  '認異誤當問幫區矯稱數錯灣碼銜際冊脫請門視頻學飲爭觸難緒聽變較採沒臉閱閉賬戶維愛衛鄰準專過還寫選擇這頁' +
  '給顯隱輸樣著驗舊鑰軟從連達張馬種衝刪嗎許詳座丟疊瀏覽遠儲諮詢師試啟識幾據適狀晉園莊鎮嶽壽鄉東紅鳳雞華' +
  '樂陽嶼輝雙僑橫嵐賢聖興橋鱔廈錦繡萬臨戰龍澗楊鵝湯鬥頂壠義頭雲鶴黃崗彌創樓勝侖優嶺葉貴廟黨鐵並復簽須裡'

/** Words in which a character stands for another than elsewhere. */
const PHRASES: readonly (readonly [string, string])[] = [
  ['了解', '瞭解'],
  ['联系', '聯繫'],
  ['并入', '併入'],
  ['合并', '合併'],
  ['一并', '一併'],
  ['反复', '反覆'],
  ['重复', '重複'],
  ['注明', '註明'],
  ['备注', '備註'],
  ['胡须', '鬍鬚'],
]

/** The text in traditional characters. */
export function traditional(text: string): string {
  const phrased = PHRASES.reduce((done, [from, to]) => done.split(from).join(to), text)
  return Array.from(phrased, one => {
    const at = SIMPLIFIED.indexOf(one)
    return at < 0 ? one : TRADITIONAL.charAt(at)
  }).join('')
}
