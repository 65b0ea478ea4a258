// Photos are made small in the browser (≤ 1600 px, ≤ 400 kB, place data gone) before they travel. Pick, drag or paste.
// The shrunk files go back into the form's own file field, so that saving stays an ordinary form.
(function () {
  "use strict";

  const element = window.portal.element;
  const LONGEST = 1600;
  const HEAVIEST = 400 * 1000;

  function loadImage(file) {
    return new Promise(function (resolve, reject) {
      const image = new Image();
      image.onload = function () { resolve(image); };
      image.onerror = function () { URL.revokeObjectURL(image.src); reject(new Error("unreadable")); };
      image.src = URL.createObjectURL(file);
    });
  }

  function encode(canvas, quality) {
    return new Promise(function (resolve) { canvas.toBlob(resolve, "image/jpeg", quality); });
  }

  /** A smaller JPEG of a picture; first lower the quality, then the size. */
  function shrink(image, longest, quality) {
    const ratio = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * ratio));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * ratio));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return encode(canvas, quality).then(function (blob) {
      if (blob.size <= HEAVIEST || longest < 400) return blob;
      return quality > 0.5 ? shrink(image, longest, quality - 0.15) : shrink(image, Math.round(longest * 0.8), 0.8);
    });
  }

  function Strip(root) {
    this.root = root;
    this.input = root.querySelector("input[type=file]");
    this.list = root.querySelector("[data-photo-list]");
    this.note = root.querySelector("[data-photo-note]");
    this.chosen = [];
    this.listen();
  }

  Strip.prototype.listen = function () {
    const strip = this;
    const root = this.root;
    const add = element("button", { type: "button", class: "btn btn-link" }, "＋ 添加照片");
    add.addEventListener("click", function () { strip.input.click(); });
    this.input.classList.add("visually-hidden");
    this.input.setAttribute("tabindex", "-1");
    this.input.parentNode.insertBefore(add, this.input.nextSibling);
    this.input.addEventListener("change", function () { strip.add(Array.from(strip.input.files)); });
    ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
      root.addEventListener(kind, function (event) {
        if (!event.dataTransfer) return;
        event.preventDefault();
        root.classList.toggle("dropzone--over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop") strip.add(Array.from(event.dataTransfer.files));
      });
    });
    document.addEventListener("paste", function (event) {
      const files = Array.from(event.clipboardData.files).filter(function (file) { return /^image\//.test(file.type); });
      if (files.length === 0 || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      strip.add(files);
    });
  };

  Strip.prototype.add = function (files) {
    const strip = this;
    const problems = [];
    this.note.textContent = "正在缩小照片";
    // One after another: old computers have little memory.
    return files.reduce(function (before, file) {
      return before.then(function () { return strip.take(file); }).catch(function () { problems.push(file.name); });
    }, Promise.resolve()).then(function () {
      strip.handOver();
      const total = strip.chosen.reduce(function (sum, photo) { return sum + photo.file.size; }, 0);
      const kept = strip.chosen.length > 0 ? "已选 " + strip.chosen.length + " 张，共 " + Math.ceil(total / 1000) + " KB，保存时上传。" : "";
      strip.note.textContent = problems.length > 0 ? kept + "打不开：" + problems.join("、") + "，请换成 JPG 或 PNG 图片。" : kept;
    });
  };

  Strip.prototype.take = function (file) {
    const strip = this;
    return loadImage(file).then(function (image) {
      return shrink(image, LONGEST, 0.85).then(function (blob) {
        URL.revokeObjectURL(image.src);
        const name = (file.name || "照片").replace(/\.[^.]*$/, "") + ".jpg";
        strip.show({ file: new File([blob], name, { type: "image/jpeg" }) });
      });
    });
  };

  Strip.prototype.show = function (photo) {
    const strip = this;
    const item = element("li", { class: "photo" });
    const picture = element("img", { alt: photo.file.name });
    picture.src = URL.createObjectURL(photo.file);
    const remove = element("button", { type: "button", class: "btn btn-sm btn-danger", "aria-label": "移除 " + photo.file.name }, "移除");
    remove.addEventListener("click", function () {
      URL.revokeObjectURL(picture.src);
      strip.chosen.splice(strip.chosen.indexOf(photo), 1);
      item.parentNode.removeChild(item);
      strip.handOver();
      strip.note.textContent = "已移除 1 张，还有 " + strip.chosen.length + " 张。";
    });
    item.appendChild(picture);
    item.appendChild(remove);
    this.chosen.push(photo);
    this.list.appendChild(item);
  };

  /** Put the shrunk files into the field that the form sends. */
  Strip.prototype.handOver = function () {
    const transfer = new DataTransfer();
    this.chosen.forEach(function (photo) { transfer.items.add(photo.file); });
    this.input.files = transfer.files;
  };

  document.querySelectorAll("[data-photos]").forEach(function (root) { new Strip(root); });
})();
