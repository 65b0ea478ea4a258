// Finds the people of a roster in whatever was pasted: a column of Excel, a sign-in table, a chat list, a sentence.
// No page is touched. Somebody is taken only when certainly meant; everything else is handed back to be put right.
(function () {
  "use strict";

  const DOTS = /[\u00b7\u0387\u2022\u2027\u2219\u22c5\u30fb\uff65\u25cf\u25cb\u2024\u16eb.]/g;
  const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ufe00-\ufe0f\u20e3\u{e0100}-\u{e01ef}]/gu;
  const LINE_ENDS = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g;
  const SPACES = /\s+/g;
  const BRACKETED = /\(([^()]*)\)?/g;
  const NUMBER = /^(?:\(\d{1,4}\)|\d{1,4}(?:[).、,:]|\s+|(?=[^\d\s.:\-/年月日时点分人名位岁%]))|\(?[一二三四五六七八九十]{1,3}[)、.])\s*/;
  // What may stand around a name and says nothing: marks and signs but 「？」, brackets, and √ × of attendance.
  const SIGNS = "[\\s!-'*-/:->@\\[-`{-~\u00a1-\u00bf\u2000-\u206f\u2190-\u2219\u221b-\u2bff\u3001-\u3006\u3008-\u3020\u3030\u{1f000}-\u{1faff}]+";
  const HAN = /^[\u3400-\u9fff\u{20000}-\u{3ffff}]$/u;
  const BEFORE = new RegExp("^" + SIGNS, "u");
  const BEHIND = new RegExp(SIGNS + "$", "u");
  const TITLE = "(?:(?:两|几|各)位|同志|(?:正式|预备)?党员|(?:党?支部|党委|机关党委)?副?书记|(?:组织|宣传|纪检|学习|统战|青年|群工|保密|生活|支部)?委员|(?:党小|小)?组长|副?(?:主任|处长|科长|局长|所长|院长|庭长|部长|队长)|老师|律师|主持人?|记录人?|主讲人?)";
  const HARMLESS = new RegExp("^(?:" + TITLE + "|预备|正式|党员|男|女|.{1,5}族|(?:19|20)\\d\\d年?(?:\\d+月)?生?|\\d{1,3}岁|1\\d{10}|第二组织关系|入党积极分子|发展对象|群众|新转入|等|\\+1|收到|好的|强|鼓掌|.{1,8}(?:科|处|室|办|部|局|中心|所|队|组|庭|院|社区|街道|公司|支部))+$");
  const TITLES_BEFORE = new RegExp("^" + TITLE + "+");
  const HEADINGS = new Set(("序号 编号 性别 民族 部门 单位 职务 职位 岗位 党内职务 电话 手机 手机号 联系电话 电话号码 备注 签名 签到 签字 状态 出席情况 到会情况 是否到会 日期 时间 地点 " +
    "是 否 有 无 合计 总计 小计 学历 本科 大专 研究生 身份证号 名单 接龙 其他 原因 请假原因 姓 名 姓名 名字 人员 参加人员 缺席人员 请假人员").split(" "));
  const NO_NAME = /名单|签到|接龙|会议|活动|党日|党课|支部|党委|党组|小组|时间|地点|人员|党员|学习|主题|通知|记录|其他|其余|全体|全部|均|大家|收到|准时|谢谢|领导|今天|明天|上午|下午|星期|周[一二三四五六日]|[。!]|[a-zA-Z]{2,}/;
  const COUNT = /(?:等|共计?|合计|总计|一共)\s*(\d+|[一二三四五六七八九十]{1,3})\s*(?:人|名|位)(?:同志|党员)?/g;
  const SHOULD = /应(?:到|参加|出席)(?:会|党员)?(?:人数)?[:为]?\s*\d+\s*[人名位]?/g;
  const CAME = /(?:实到|实际到会|到会|出席|参会|参加)(?:人数|人员)?[:为]?\s*(\d+)\s*[人名位]?/;
  // Columns in which something may be said of people.
  const TOLD = /^(?:.{0,4}(?:备注|原因|情况|状态)|是否.{2,4})$/;
  const EXCEPT = /除了?([^外]+?)[以之]?外[,、]?/;

  function plain(text) { return text.replace(LINE_ENDS, "\n").normalize("NFKC").replace(INVISIBLE, ""); }

  /** How a name is compared: one spelling for widths, spaces, dots and invisible marks. */
  function keyOf(name) { return plain(name).replace(SPACES, "").replace(DOTS, ""); }

  /** A text ready for reading: one kind of bracket, and no separators inside brackets. */
  function tidy(text) {
    return plain(text).replace(/[[{<【〔《「『]/g, "(").replace(/[\]}>】〕》」』]/g, ")").replace(/[✓✔☑✅]/g, "√").replace(/[✗✘❌]/g, "×").replace(/\bok\b/gi, "")
      .replace(/\([^()]*\)/g, function (remark) { return remark.replace(/[、,;。|/\n]/g, " "); });
  }

  function makeRoster(people) {
    const byKey = new Map();
    const keys = people.map(function (person) { return keyOf(person.name); });
    people.forEach(function (person, at) {
      if (!byKey.has(keys[at])) byKey.set(keys[at], []);
      byKey.get(keys[at]).push(person.id);
    });
    return { people: people, keys: keys, byKey: byKey };
  }

  // ---- Rows and columns of what was pasted ----

  /** Clipboard text as rows of cells; a quoted cell may hold line breaks, as spreadsheets write it. */
  function rowsOfText(text) {
    const rows = [[""]];
    let quoted = false;
    const source = text.replace(LINE_ENDS, "\n");
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
    return split[0].length > 1 && even && (numbered || split[0].some(isNameHead)) ? split : null;
  }

  /** The text of a piece of a page, a line for each paragraph; line breaks of the source are blanks. */
  function textOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[ \t\r\n]+/g, " ");
    const inner = Array.from(node.childNodes, textOf).join("");
    return /^(?:P|DIV|LI|TR|BR|H\d)$/.test(node.nodeName) ? inner.trim() + "\n" : inner;
  }

  /** Rows of the tables on the clipboard as Word, WPS and spreadsheets write them, merged cells included; null without a table. */
  function rowsOfPage(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const tables = Array.from(page.querySelectorAll("table")).filter(function (table) { return !table.querySelector("table"); });
    if (tables.length === 0) return null;
    const rows = [];
    tables.forEach(function (table) {
      const first = rows.length;
      Array.from(table.rows).forEach(function (line, down) {
        const at = first + down;
        rows[at] = rows[at] || [];
        Array.from(line.cells).forEach(function (cell) {
          let column = 0;
          while (rows[at][column] !== undefined) column += 1;
          for (let below = 0; below < Math.min(cell.rowSpan, table.rows.length - down); below += 1) {
            rows[at + below] = rows[at + below] || [];
            for (let right = 0; right < cell.colSpan; right += 1) rows[at + below][column + right] = "";
          }
          rows[at][column] = textOf(cell).trim();
        });
      });
    });
    tables.forEach(function (table) { table.parentNode.removeChild(table); });
    return rowsOfText(textOf(page.body).replace(/\t/g, " ")).concat(rows).map(function (row) { return Array.from(row, function (cell) { return cell || ""; }); });
  }

  /** What a clipboard carries as text and as a page: rows of a table if there is one, else the text. */
  function fromClipboard(text, html) {
    return (html && rowsOfPage(html)) || text || (html ? textOf(new DOMParser().parseFromString(html, "text/html").body) : "");
  }

  function isNameHead(cell) { return /^.{0,6}(?:姓名|名字)(?:\(.*\))?$/.test(keyOf(cell)); }

  function isHeading(text) {
    const bare = keyOf(text).replace(/[:*#]+/g, "");
    return bare === "" || HEADINGS.has(bare) || HARMLESS.test(bare) || !/[^\d\-/:%,+~年月日时分周()#号、。;_—|]/.test(bare);
  }

  /** The columns that hold names: those under 姓名, else those in which roster names prevail, else all. */
  function nameColumns(rows, lists) {
    const width = Math.max.apply(null, rows.map(function (row) { return row.length; }));
    const all = Array.from({ length: width }, function (_, column) { return column; });
    if (width === 1) return all;
    const cells = all.map(function (column) { return rows.map(function (row) { return row[column] || ""; }).filter(function (cell) { return !isHeading(cell); }); });
    const known = cells.map(function (column) { return column.filter(function (cell) { return read(tidy(cell), lists); }).length; });
    const head = rows.find(function (row) { return row.some(isNameHead); });
    const headed = head ? all.filter(function (column) { return isNameHead(head[column] || "") && known[column] > 0; }) : [];
    if (headed.length > 0) return headed;
    const prevailing = all.filter(function (column) { return known[column] > 0 && known[column] * 2 >= cells[column].length; });
    return prevailing.length > 0 ? prevailing : all;
  }

  // ---- One piece of text ----

  /** The choice that is called so, or -1. */
  function choiceOf(words, choices) {
    return words === "" ? -1 : choices.findIndex(function (choice) { return choice.words.test(words); });
  }

  /** The choice that a remark such as 因病请假 or 请假(病) means, or -1. */
  function meaningOf(remark, choices) {
    const parts = plain(remark).split(/[-—:,、;。!()\s]+/).map(keyOf);
    return [parts.join("")].concat(parts).reduce(function (most, part) { return Math.max(most, choiceOf(part, choices)); }, -1);
  }

  /** The absence that some words inside a longer text mean, or -1: 今天请假的, 请假一天. */
  function absenceIn(words, choices) {
    const said = keyOf(words);
    for (let size = Math.min(said.length, 8); size > 1; size -= 1) {
      for (let at = 0; at + size <= said.length; at += 1) {
        const found = choiceOf(said.slice(at, at + size), choices);
        if (found > 0) return found;
      }
    }
    return -1;
  }

  /** The choice for all names under a heading such as 「请假人员（2人）：」; -1 when it is none, null for 应到. */
  function sectionOf(label, choices) {
    const bare = keyOf(label).replace(/[()#*:]|\d+[人名位]?|[两几各]?[人位]$|名单|人员|党员|同志|情况|如下|以下|的|是否/g, "");
    // Who is listed under 学习 or 培训 was at it.
    if (/^(?:参加|到会)?(?:学习|培训)/.test(bare)) return 0;
    return /^应(?:到|参加)/.test(bare) ? null : meaningOf(bare, choices);
  }

  /** Who is meant by one piece: {ids, text, notes, bare}; bare when a state stands right behind the name. Null when nobody is. */
  function read(piece, lists) {
    const byKey = lists.roster.byKey;
    const whole = keyOf(piece);
    if (byKey.has(whole)) return { ids: byKey.get(whole), text: whole, notes: [], bare: false };
    const notes = [];
    let outside = piece.replace(BRACKETED, function (_, remark) { notes.push.apply(notes, remark.split(/\s+/)); return " "; });
    if (outside.trim() === "" && notes.length === 1) outside = notes.pop();
    outside = outside.trim().replace(/^[√×]+|[√×]+$/g, function (mark) { notes.push(mark[0]); return ""; });
    const numbered = NUMBER.test(outside.replace(BEFORE, ""));
    const bare = keyOf(outside.replace(BEFORE, "").replace(NUMBER, "").replace(BEFORE, "").replace(BEHIND, ""));
    for (let size = Math.min(bare.length, 60); size > 1; size -= 1) {
      const ids = byKey.get(bare.slice(0, size));
      const rest = bare.slice(size).replace(/^[-—:_→=>]+/, "").replace(TITLES_BEFORE, "");
      const state = choiceOf(rest, lists.choices) >= 0;
      if (ids && (rest === "" || state || HARMLESS.test(rest))) {
        return { ids: ids, text: bare.slice(0, size), notes: (rest ? [rest] : []).concat(notes), bare: state, numbered: numbered };
      }
    }
    const behindTitle = bare.replace(TITLES_BEFORE, "");
    return byKey.has(behindTitle) ? { ids: byKey.get(behindTitle), text: behindTitle, notes: notes, bare: false } : null;
  }

  /** Parts a piece in which several names stand without commas: 张 伟 李建国, 张伟和李娜, 1张伟2李娜. */
  function apart(piece, lists) {
    if (read(piece, lists)) return [piece];
    const bySign = [/[和及与跟]/, /\d+[.)]?/].map(function (sign) {
      return piece.split(sign).filter(function (part) { return part.trim() !== ""; });
    }).find(function (parts) { return parts.length > 1 && parts.every(function (part) { return read(part, lists); }); });
    if (bySign) return bySign;
    const tokens = piece.split(SPACES).filter(Boolean);
    const pieces = [];
    for (let at = 0; at < tokens.length;) {
      let taken = 0;
      for (let size = Math.min(6, tokens.length - at); size > 0 && !taken; size -= 1) {
        if (read(tokens.slice(at, at + size).join(""), lists)) taken = size;
      }
      if (!taken) taken = HAN.test(tokens[at]) && HAN.test(tokens[at + 1] || "") ? 2 : 1;
      pieces.push(tokens.slice(at, at + taken).join(""));
      at += taken;
    }
    return pieces;
  }

  function numberOf(digits) {
    const ten = digits.split("十");
    const unit = function (sign) { return "一二三四五六七八九".indexOf(sign) + 1; };
    if (/\d/.test(digits)) return Number(digits);
    return ten.length === 1 ? unit(digits) : (ten[0] ? unit(ten[0]) : 1) * 10 + (ten[1] ? unit(ten[1]) : 0);
  }

  // ---- Reading everything ----

  /** Reads cell by cell. items: {text, ids, choice, notes}; choice is a place in `choices`, -1 when nothing is said. */
  function Reader(lists) {
    this.lists = lists;
    this.items = [];
    this.remarks = [];
    this.section = -1;
    this.isPart = false;
    this.came = null;
  }

  Reader.prototype.cell = function (cell, beside) {
    const reader = this;
    const first = this.items.length;
    tidy(cell).split("\n").forEach(function (line) { reader.line(line, first); });
    this.items.slice(first).forEach(function (item) { reader.judge(item, beside); });
  };

  Reader.prototype.line = function (line, firstOfCell) {
    const reader = this;
    const choices = this.lists.choices;
    const first = this.items.length;
    const counts = [];
    if (this.lists.roster.byKey.has(keyOf(line))) { this.add(line, this.section, first); return; }
    let text = line.replace(COUNT, function (_, digits) { counts.push(numberOf(digits)); return ""; }).replace(/等\s*$/, "");
    text = text.replace(SHOULD, "").replace(CAME, function (whole, digits) { reader.came = Number(digits); return ""; });
    text = text.replace(EXCEPT, function (_, names) { return "除外:" + names + "。"; });
    text = text.replace(/(人员|名单|同志)[有为是](?=.)/, "$1:").replace(/\s+([^\s、,;。:]{0,9}[^\s、,;。:\d]:)/g, ";$1").replace(/([^\s、,;。:(]{1,8})\(([^()]*)\)/g, function (whole, label, inside) {
      const holdsNames = !read(label, reader.lists) && inside.split(SPACES).some(function (name) { return read(name, reader.lists); });
      if (!holdsNames) return whole;
      return label + (sectionOf(label, choices) === -1 ? "、" : ":") + inside.trim().replace(SPACES, "、") + "。";
    });
    let section = this.section;
    let head = false;
    text.trim().replace(NUMBER, "").split(/([、,;。|/])/).forEach(function (part) {
      if (part === "。" && head) { section = -1; head = false; }
      const opened = /^\s*([^:]{0,13}[^:\d]):\s*(.*)$/.exec(part);
      if (opened && !read(opened[1], reader.lists)) {
        const plainly = opened[1].trim() === "除外" ? 1 : sectionOf(opened[1], choices);
        const said = plainly === -1 ? absenceIn(opened[1], choices) : plainly;
        const isState = said === -1 && meaningOf(opened[2], choices) >= 0 && !isHeading(opened[1]) && !NO_NAME.test(opened[1]);
        if (!isState) { part = opened[2]; section = said; head = true; }
      }
      if (part.trim() === "" || /^[、,;。|/]$/.test(part)) return;
      apart(part, reader.lists).forEach(function (piece) {
        const said = read(piece, reader.lists) ? -1 : sectionOf(piece, choices);
        if (said === -1 && reader.items.length > first && reader.isRemark(piece)) reader.addRemark(piece, first);
        else if (said === -1) reader.add(piece, section, first);
        else if (reader.items.length > Math.min(first, firstOfCell) && said !== null) reader.addState(piece, said, first);
        else { section = said; head = true; }
      });
    });
    const named = this.items.slice(first);
    if (named.length === 0) {
      if (head) {
        const isPlain = this.items.length > 0 && !/[:()#]|名单|人员|\d/.test(line);
        if (isPlain && section === 0 && this.section < 1) return;
        if (isPlain) this.remarks.push("“" + line.trim() + "”单独一行，下面的人都按“" + line.trim() + "”算。");
        this.section = section;
      }
    } else if (head && !/[、,;]\s*$/.test(line)) this.section = -1;
    this.check(counts, named.length > 0 ? named : this.items);
  };

  /** A list that says of how many people it is, and names others than so many. */
  Reader.prototype.check = function (counts, named) {
    const reader = this;
    counts.filter(function (count) { return count !== named.length; }).forEach(function (count) {
      reader.remarks.push("写的是 " + count + " 人，这里有 " + named.length + " 个姓名。");
      if (count > named.length) reader.isPart = true;
    });
  };

  Reader.prototype.add = function (piece, section, firstOfLine) {
    const found = read(piece, this.lists);
    if (section === null) return;
    if (found) {
      const item = { text: found.text, ids: found.ids, notes: found.notes, section: section, numbered: found.numbered, choice: -1 };
      this.items.push(item);
      const state = found.notes.find(function (note) { return /^[均都皆]/.test(note); }) || (found.bare ? found.notes[0] : "");
      if (state) this.spread(state, firstOfLine);
      return;
    }
    const key = keyOf(piece);
    const name = keyOf(piece.replace(BRACKETED, "").replace(BEFORE, "").replace(NUMBER, "").replace(BEHIND, "")).replace(/1\d{10}/, "");
    const inside = this.inside(piece);
    if (inside.length === 0 && (isHeading(name) || /\d/.test(name) || (NO_NAME.test(name) && Array.from(name).length > 3))) return;
    this.items.push({ text: name || key, ids: [], notes: piece.match(BRACKETED) || [], section: section, choice: -1, inside: inside });
  };

  /** A state that stands alone behind names: 张伟，请假. */
  Reader.prototype.addState = function (piece, said, firstOfLine) {
    const state = piece.replace(/[()]/g, "");
    this.items[this.items.length - 1].notes.unshift(state);
    this.spread(state, firstOfLine);
  };

  /** Whether a piece without a name tells in other words that somebody is away: 请假一天. */
  Reader.prototype.isRemark = function (piece) {
    return !read(piece, this.lists) && this.inside(piece).length === 0 && !NO_NAME.test(piece) && absenceIn(piece, this.lists.choices) > 0;
  };

  Reader.prototype.addRemark = function (piece, firstOfLine) {
    const item = this.items[this.items.length - 1];
    const choices = this.lists.choices;
    const choice = absenceIn(piece, choices);
    if (item.ids.length === 0 || meaningOf(item.notes.join(" "), choices) >= 0) return;
    item.notes.push(choices[choice].label);
    this.remarks.push("“" + item.text + "，" + piece + "”按" + choices[choice].label + "算。");
    this.spread(choices[choice].label, firstOfLine);
  };

  /** The people whose name stands somewhere in a text. */
  Reader.prototype.inside = function (text) {
    const key = keyOf(text);
    const keys = this.lists.roster.keys;
    return this.lists.roster.people.filter(function (person, at) { return key.indexOf(keys[at]) >= 0; });
  };

  /** 「王芳、张伟请假」 means both; that is done, and said. */
  Reader.prototype.spread = function (state, firstOfLine) {
    if (meaningOf(state, this.lists.choices) < 1) return;
    const before = [];
    for (let at = this.items.length - 2; at >= firstOfLine; at -= 1) {
      const item = this.items[at];
      if (item.notes.length > 0 || item.section >= 0 || item.numbered) break;
      before.unshift(item);
    }
    if (before.length === 0) return;
    before.forEach(function (item) { item.notes.push(state); });
    this.remarks.push("“" + before.map(function (item) { return item.text; }).join("、") + "”后面没有写，也按“" + state + "”算。");
  };

  /** What is said of somebody: behind the name, in the same row ({words, head, isTold}), in the heading above. */
  Reader.prototype.judge = function (item, beside) {
    const choices = this.lists.choices;
    const inRow = beside.map(function (cell) { return stateIn(cell, choices); }).filter(function (choice) { return choice >= 0; });
    const own = meaningOf(item.notes.join(" "), choices);
    const row = Math.max.apply(null, [-1].concat(inRow));
    item.choice = own >= 0 ? own : row >= 0 ? row : item.section;
    if (item.ids.length === 0) {
      if (item.choice < 0) item.choice = absenceIn(item.text, choices);
      return;
    }
    if (own < 0 && row > 0 && inRow.indexOf(0) >= 0) this.remarks.push("“" + item.text + "”一行里有几种情况，按" + choices[row].label + "算。");
    const strange = item.notes.concat(beside.filter(function (cell) { return cell.isTold || absenceIn(cell.words, choices) > 0; }).map(function (cell) { return cell.words; })).filter(function (note) {
      return meaningOf(note, choices) < 0 && note.trim() !== "" && !HARMLESS.test(keyOf(note)) && !/^\d+$/.test(note);
    });
    if (item.choice < 1 && strange.length > 0) this.remarks.push("“" + item.text + "（" + strange.join("，") + "）”按到会算。");
  };

  /** The choice that a cell means under its heading: a tick under 请假 is 请假. */
  function stateIn(cell, choices) {
    const said = meaningOf(cell.words, choices);
    const head = cell.head ? sectionOf(cell.head, choices) : -1;
    if (head > 0 && said === 0) return head;
    return head > 0 && /^(?:×+|否|无)$/.test(cell.words.trim()) ? 0 : said;
  }

  /**
   * Match what was pasted (text, or rows of cells) against a roster.
   * people: [{id, name, note}]; choices: [{label, words: RegExp}], 到会 first, the usual absence second.
   * Answers {matched: [{id, choice}], ambiguous: [{text, choice, ids}], unknown: [{text, choice, alike}], remarks: [text],
   * isPart, came}. isPart: more people were there than are named; came: how many the text says were there.
   */
  function matchNames(pasted, people, choices) {
    const lists = { roster: makeRoster(people), choices: choices };
    const rows = typeof pasted === "string" ? rowsOfText(pasted) : pasted;
    const columns = rows.length > 0 ? nameColumns(rows, lists) : [];
    const reader = new Reader(lists);
    const heads = rows.find(function (row) { return row.some(isNameHead); }) || [];
    const unsigned = signatures(rows, columns.concat(heads.map(function (head, column) { return sectionOf(head, choices) > 0 ? column : -1; })), columns, lists);
    rows.forEach(function (row, down) {
      const filled = row.filter(function (cell) { return cell.trim() !== ""; });
      const from = filled.length === 1 ? [row.indexOf(filled[0])] : columns;
      from.forEach(function (column, at) {
        const cell = row[column] || "";
        if (cell.trim() === "") return;
        if (isHeading(cell) && sectionOf(cell, choices) === -1 && !read(tidy(cell), lists)) return;
        const first = reader.items.length;
        // What stands in the same row belongs to the name before it, or to the first one.
        const left = at === 0 ? 0 : column + 1;
        const right = at + 1 < from.length ? from[at + 1] : row.length;
        const beside = row.map(function (words, place) {
          return { words: tidy(words), head: heads[place] || "", isTold: TOLD.test(keyOf(heads[place] || "")), place: place };
        }).filter(function (other) { return other.place >= left && other.place < right && other.place !== column; });
        reader.cell(cell, beside);
        if (unsigned.has(down)) reader.items.slice(first).forEach(function (item) { if (item.choice < 0) { item.choice = 1; unsigned.get(down).push(item.text); } });
      });
    });
    const named = reader.items.filter(function (item) { return item.choice < 1; }).length;
    if (named > 0 && reader.came > named) reader.isPart = true;
    const blank = Array.from(unsigned.values()).reduce(function (all, texts) { return all.concat(texts); }, []);
    if (blank.length > 0) reader.remarks.push("签到一列空着的按没有到会算：" + blank.join("、") + "。");
    return sortOut(reader, lists);
  }

  /** The rows whose tick is missing in a column of ticks. */
  function signatures(rows, others, columns, lists) {
    const unsigned = new Map();
    const names = rows.map(function (row) { return columns.map(function (column) { return row[column] || ""; }).filter(function (cell) { return read(tidy(cell), lists); }); });
    const named = names.map(function (_, down) { return down; }).filter(function (down) { return names[down].length > 0; });
    const width = rows.length > 0 ? Math.max.apply(null, rows.map(function (row) { return row.length; })) : 0;
    for (let column = 0; column < width; column += 1) {
      const said = named.map(function (down) { return (rows[down][column] || "").trim(); });
      const signed = named.map(function (down, at) { return meaningOf(tidy(said[at]), lists.choices) === 0 || names[down].indexOf(said[at]) >= 0; });
      const known = said.every(function (cell, at) { return cell === "" || signed[at] || meaningOf(tidy(cell), lists.choices) > 0; });
      if (others.indexOf(column) >= 0 || !known || signed.indexOf(true) < 0) continue;
      named.forEach(function (down, at) { if (said[at] === "") unsigned.set(down, []); });
    }
    return unsigned;
  }

  function sortOut(reader, lists) {
    const result = { matched: [], ambiguous: [], unknown: [], remarks: reader.remarks, isPart: reader.isPart, came: reader.came };
    const groups = new Map();
    reader.items.forEach(function (item) {
      const group = item.ids.length > 0 ? item.ids.join() : "?" + item.text;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(item);
    });
    groups.forEach(function (items) {
      if (items[0].ids.length === 0) {
        const inside = items[0].inside.map(function (person) { return person.id; });
        result.unknown.push({ text: items[0].text, choice: items[0].choice, alike: inside.length > 0 ? inside : alike(items[0].text, lists.roster) });
      } else settle(items, lists.roster.people, result);
    });
    return result;
  }

  /** Who of one name is meant: all of them, told apart by what stands in brackets, or to be asked about. */
  function settle(all, people, result) {
    // A name without a word, as that of who presided, says the same as one among those who came.
    const came = all[0].ids.length === 1 && all.some(function (item) { return item.choice === 0; });
    const items = came ? all.filter(function (item) { return item.choice >= 0; }) : all;
    let open = items[0].ids;
    let left = items.filter(function (item) {
      const fitting = open.filter(function (id) { return open.length > 1 && isDescribed(people.find(function (person) { return person.id === id; }), item.notes); });
      if (fitting.length !== 1) return true;
      open = open.filter(function (id) { return id !== fitting[0]; });
      result.matched.push({ id: fitting[0], choice: item.choice });
      return false;
    });
    if (items[0].ids.length === 1 || left.length > open.length) {
      left = left.filter(function (item, at) { return left.findIndex(function (other) { return other.choice === item.choice; }) === at; });
    }
    const agree = left.every(function (item) { return item.choice === left[0].choice; });
    if (left.length > 0 && left.length === open.length && agree) {
      open.forEach(function (id) { result.matched.push({ id: id, choice: left[0].choice }); });
    } else left.forEach(function (item) { result.ambiguous.push({ text: item.text, choice: item.choice, ids: open }); });
  }

  /** Whether words in brackets, such as 女 or 1985年, stand in the note that tells namesakes apart. */
  function isDescribed(person, notes) {
    const told = notes.map(function (note) { return keyOf(note).replace(/[年月]?生?$/, ""); }).filter(Boolean);
    return told.some(function (note) { return keyOf(person.note || "").indexOf(note) >= 0; });
  }

  /** People whose name differs in one character: offered, never taken. */
  function alike(name, roster) {
    const wanted = Array.from(keyOf(name));
    return roster.people.filter(function (person, at) {
      const other = Array.from(roster.keys[at]);
      if (wanted.length < 2 || Math.abs(other.length - wanted.length) > 1) return false;
      if (other.length === wanted.length) return wanted.filter(function (sign, at) { return sign !== other[at]; }).length === 1;
      const long = other.length > wanted.length ? other : wanted;
      const short = other.length > wanted.length ? wanted : other;
      return long.some(function (_, gap) { return long.filter(function (__, at) { return at !== gap; }).join("") === short.join(""); });
    }).map(function (person) { return person.id; });
  }

  globalThis.portalNames = { matchNames: matchNames, fromClipboard: fromClipboard, keyOf: keyOf };
})();
