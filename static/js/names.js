// Finds the people of a roster in whatever was pasted: a column of Excel, a sign-in table, a chat list, a sentence.
// Pure functions, no page. A name is matched only when it is certainly meant; everything else is handed back to be put right.
(function () {
  "use strict";

  const DOTS = /[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\uff0e\u25cf\u25cb\u2024\u16eb.]/g;
  const INVISIBLE = /[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f]/g;
  const SPACES = /[\s\u00a0\u3000]+/g;
  const BRACKETS = /[([{<【〔《「『][^)\]}>】〕》」』]*[)\]}>】〕》」』]?/g;
  const LEADING_NUMBER = /^(?:[([]?\d{1,4}[)\].、,:：]|\d{1,4}(?=[^\d\s.:\-/年月日人名%])|\d{1,4}\s+|[一二三四五六七八九十]{1,3}、)\s*/;
  const MARKS_BEFORE = /^[@#*√✓☑✅★·\-—_"'“”‘’\s]+/;
  const TITLES = /(?:同志|支部书记|副书记|书记|组织委员|宣传委员|纪检委员|委员|组长|副主任|主任|副处长|处长|副科长|科长|副局长|局长|老师|律师)$/;
  const TAIL = /等?(?:共|一共|合计)?\s*\d+\s*[人名位].*$|等$/;
  const WORDS_OF_STATE = ["到会", "已到", "出席", "参加", "签到", "请假", "公出", "出差", "病假", "事假", "培训", "外出", "缺席", "未到", "免予参加", "列席"];
  const STATES = new RegExp("(?:" + WORDS_OF_STATE.join("|") + ")$");
  const HEADINGS = new Set(("姓名 名字 序号 编号 性别 男 女 民族 汉族 回族 满族 部门 单位 科室 处室 职务 职位 岗位 党内职务 电话 手机 手机号 联系电话 备注 签名 签到 签字 状态 出席情况 " +
    "到会情况 日期 时间 地点 是 否 有 无 合计 总计 小计 应到 实到 应到人数 实到人数 党员 正式党员 预备党员 正式 预备 党小组 小组 学历 本科 大专 研究生 身份证号 主持人 记录人 " +
    "名单 到会 已到 出席 参加 缺席 请假 公出 出差 病假 事假 培训 外出 未到 列席 免予参加 √ ✓ 无故 接龙 其他 原因 请假原因 全体党员 姓 名").split(" "));
  const NOT_A_NAME = /名单|签到|接龙|会议|活动|党日|党课|支部|党委|党组|小组|时间|地点|人员|党员|学习|主题|通知|记录|[。！？!?]|[a-zA-Z]{2,}/;
  const HAN = /^[\u3400-\u9fff\uf900-\ufaff\u3007\ud840-\ud8ff\udc00-\udfff]+$/;

  /** How a name is compared: one spelling for widths, spaces, dots and invisible marks. */
  function keyOf(name) {
    return name.normalize("NFKC").replace(INVISIBLE, "").replace(SPACES, "").replace(DOTS, "");
  }

  function makeRoster(people) {
    const byKey = new Map();
    people.forEach(function (person) {
      const key = keyOf(person.name);
      if (!byKey.has(key)) byKey.set(key, []);
      byKey.get(key).push(person.id);
    });
    return { people: people, byKey: byKey };
  }

  /** Clipboard text as rows of cells; a quoted cell may hold line breaks, as spreadsheets write it. */
  function toRows(text) {
    const rows = [[""]];
    let quoted = false;
    const source = text.replace(/\r\n?/g, "\n");
    for (let at = 0; at < source.length; at += 1) {
      const sign = source[at];
      const row = rows[rows.length - 1];
      const cell = row[row.length - 1];
      if (sign === '"' && (quoted || (cell === "" && /"[\n\t]|"$/.test(source.slice(at + 1))))) {
        if (quoted && source[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; } else quoted = !quoted;
      } else if (sign === "\t" && !quoted) row.push("");
      else if (sign === "\n" && !quoted) rows.push([""]);
      else row[row.length - 1] += sign;
    }
    const filled = rows.filter(function (row) { return row.join("").trim() !== ""; });
    return commaTable(filled) || filled;
  }

  /** Rows of a comma-separated table, or null when the commas only separate names. */
  function commaTable(rows) {
    if (rows.length < 2 || rows.some(function (row) { return row.length > 1; })) return null;
    const split = rows.map(function (row) { return row[0].split(/[,，]/); });
    const even = split.every(function (row) { return row.length === split[0].length; });
    const numbered = split.slice(1).every(function (row) { return /^\s*\d+\s*$/.test(row[0]); });
    const headed = split[0].some(function (cell) { return keyOf(cell) === "姓名"; });
    return split[0].length > 1 && even && (numbered || headed) ? split : null;
  }

  function isHeading(text) {
    const plain = keyOf(text).replace(/[:：*]+/g, "");
    return plain === "" || HEADINGS.has(plain) || !/[^\d\-/:%,+~年月日时分周()#号.、。，；;:_—|]/.test(plain);
  }

  /** The columns that hold names: those under 姓名, else those in which roster names prevail, else all. */
  function nameColumns(rows, roster) {
    const width = Math.max.apply(null, rows.map(function (row) { return row.length; }));
    const all = Array.from({ length: width }, function (_, column) { return column; });
    if (width === 1) return all;
    const head = rows.find(function (row) { return row.some(function (cell) { return keyOf(cell) === "姓名"; }); });
    if (head) return all.filter(function (column) { return keyOf(head[column] || "") === "姓名"; });
    const prevailing = all.filter(function (column) {
      const cells = rows.map(function (row) { return row[column] || ""; }).filter(function (cell) { return !isHeading(cell); });
      const known = cells.filter(function (cell) { return find(cell, roster).ids.length > 0; });
      return known.length > 0 && known.length * 2 >= cells.length;
    });
    return prevailing.length > 0 ? prevailing : all;
  }

  /** What is written around a name: numbers before it, remarks behind it. */
  function strip(text) {
    let note = "";
    let name = text.normalize("NFKC").replace(INVISIBLE, "").trim().replace(MARKS_BEFORE, "");
    name = name.replace(LEADING_NUMBER, "").replace(MARKS_BEFORE, "");
    name = name.replace(BRACKETS, function (remark) { note += remark.slice(1).replace(/[)\]}>】〕》」』]$/, "") + " "; return ""; });
    name = name.replace(/[:：,，;；。!！?？*√✓☑✅★"'“”‘’_\-—\s]+$/, "");
    const state = name.replace(SPACES, "").match(STATES);
    if (state && keyOf(name) !== state[0]) {
      note += state[0] + " ";
      name = name.replace(new RegExp(state[0].split("").join("\\s*") + "$"), "").replace(/[:：,，;；\-—\s]+$/, "");
      name = name.replace(/^(..+)因(.{0,3})$/, function (all, who, cause) { note = cause + " " + note; return who; });
    }
    return { name: name.trim(), note: note.trim() };
  }

  /** Who is meant by one piece of text: their ids (several when namesakes), and the remark behind it. */
  function find(text, roster) {
    const whole = roster.byKey.get(keyOf(text));
    if (whole) return { ids: whole, note: "" };
    const bare = strip(text);
    const key = keyOf(bare.name);
    const ids = roster.byKey.get(key) || roster.byKey.get(key.replace(TITLES, "")) || [];
    return { ids: ids, note: bare.note };
  }

  /** Joins blank-separated tokens back into names: 「张 伟 李建国」 is two people. */
  function joinTokens(text, roster) {
    const tokens = text.split(SPACES).filter(Boolean);
    const pieces = [];
    for (let at = 0; at < tokens.length;) {
      let taken = 0;
      for (let size = Math.min(5, tokens.length - at); size > 0 && !taken; size -= 1) {
        if (find(tokens.slice(at, at + size).join(""), roster).ids.length > 0) taken = size;
      }
      if (!taken) {
        const single = tokens[at].length === 1 && tokens[at + 1] !== undefined && tokens[at + 1].length === 1;
        taken = single && HAN.test(tokens[at] + tokens[at + 1]) ? 2 : 1;
      }
      const piece = tokens.slice(at, at + taken).join("");
      if (pieces.length > 0 && WORDS_OF_STATE.indexOf(keyOf(strip(piece).name)) >= 0) pieces[pieces.length - 1] += "(" + piece + ")";
      else if (pieces.length > 0 && /^[([【（〔]/.test(piece)) pieces[pieces.length - 1] += piece;
      else pieces.push(piece);
      at += taken;
    }
    return pieces;
  }

  /** The single names inside one cell. */
  function namesIn(cell, roster) {
    if (find(cell, roster).ids.length > 0) return [cell];
    const opened = cell.replace(/^[^:：]{2,12}[:：](?=.*[^\s])/, function (head) {
      return NOT_A_NAME.test(head) || HEADINGS.has(keyOf(head).replace(/[:：]/g, "")) || WORDS_OF_STATE.indexOf(keyOf(head).replace(/[:：]/g, "")) >= 0 ? "" : head;
    });
    const numbered = opened.normalize("NFKC").trim().replace(LEADING_NUMBER, "").replace(TAIL, "");
    const pieces = [];
    numbered.split(/[、,，;；|/\n]+|和(?=[\u4e00-\u9fff]{2,4}$)/).forEach(function (part) {
      if (part.trim() === "") return;
      if (find(part, roster).ids.length > 0) pieces.push(part);
      else joinTokens(part.trim(), roster).forEach(function (piece) { pieces.push(piece); });
    });
    return pieces;
  }

  /** People whose name differs in one character: offered, never taken. */
  function alike(name, roster) {
    const wanted = Array.from(keyOf(strip(name).name));
    return roster.people.filter(function (person) {
      const other = Array.from(keyOf(person.name));
      if (wanted.length < 2 || Math.abs(other.length - wanted.length) > 1) return false;
      if (other.length === wanted.length) {
        return wanted.filter(function (sign, at) { return sign !== other[at]; }).length === 1;
      }
      const long = other.length > wanted.length ? other : wanted;
      const short = other.length > wanted.length ? wanted : other;
      return long.some(function (_, gap) {
        return long.filter(function (__, at) { return at !== gap; }).join("") === short.join("");
      });
    }).map(function (person) { return person.id; });
  }

  /**
   * Match pasted text against a roster.
   * people: [{id, name}]. Answers {matched: [{id, note}], ambiguous: [{text, note, ids}],
   * unknown: [{text, note, alike}], ignored: [text]}. A note is what stood behind the name, such as 病假.
   */
  function matchNames(text, people) {
    const roster = makeRoster(people);
    const rows = toRows(text);
    const columns = rows.length > 0 ? nameColumns(rows, roster) : [];
    const found = [];
    const ignored = [];
    rows.forEach(function (row) {
      const remark = row.filter(function (cell, column) { return columns.indexOf(column) < 0 && STATES.test(keyOf(cell)); }).map(keyOf).join(" ");
      columns.forEach(function (column) {
        const cell = row[column] || "";
        if (cell.trim() === "") return;
        if (isHeading(cell) && find(cell, roster).ids.length === 0) { ignored.push(cell.trim()); return; }
        namesIn(cell, roster).forEach(function (piece) {
          const hit = find(piece, roster);
          const name = strip(piece).name;
          if (hit.ids.length === 0 && (isHeading(name) || (NOT_A_NAME.test(name) && Array.from(name).length > 3))) ignored.push(piece.trim());
          else found.push({ text: keyOf(name) || piece.trim(), note: (hit.note + " " + remark).trim(), ids: hit.ids });
        });
      });
    });
    return sortOut(found, ignored, roster);
  }

  function sortOut(found, ignored, roster) {
    const result = { matched: [], ambiguous: [], unknown: [], ignored: ignored };
    const taken = new Set();
    const groups = new Map();
    found.forEach(function (item) {
      const group = item.ids.length > 0 ? item.ids.join() : "?" + item.text;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(item);
    });
    groups.forEach(function (items) {
      const ids = items[0].ids;
      if (ids.length === 0) {
        result.unknown.push({ text: items[0].text, note: items[0].note, alike: alike(items[0].text, roster) });
      } else if (ids.length === 1 || (items.length === ids.length && !items.some(function (item) { return item.note; }))) {
        ids.forEach(function (id) {
          if (!taken.has(id)) result.matched.push({ id: id, note: items[0].note });
          taken.add(id);
        });
      } else {
        items.forEach(function (item) { result.ambiguous.push({ text: item.text, note: item.note, ids: ids }); });
      }
    });
    return result;
  }

  globalThis.portalNames = { matchNames: matchNames, keyOf: keyOf };
})();
