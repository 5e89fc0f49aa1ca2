// Run inside a page by `checking.py`: what no assertion from outside can see.
({
  name(element) {
    const said = (element.innerText || element.value || element.getAttribute("aria-label") || "");
    const classes = element.getAttribute("class");
    return `<${element.tagName.toLowerCase()}${element.id ? " #" + element.id : ""}` +
      `${classes ? " ." + classes : ""}> ${said.trim().slice(0, 60)}`;
  },

  isShown(element) {
    return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  },

  // Text that an element cuts off or hides behind a scroll bar of its own; what is 1 px wide is
  // there for screen readers only.
  clipped() {
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (!this.isShown(element) || element.matches("input, select, textarea, option, svg *")) continue;
      const style = getComputedStyle(element);
      const wide = element.scrollWidth > element.clientWidth + 1 && style.overflowX !== "visible";
      const high = element.scrollHeight > element.clientHeight + 1 &&
        ["hidden", "clip"].includes(style.overflowY);
      if (element.clientWidth > 1 && !(element instanceof SVGElement) && (wide || high)) {
        found.push(this.name(element));
      }
    }
    for (const text of document.querySelectorAll("svg text")) {
      const inner = text.getBoundingClientRect();
      const outer = text.ownerSVGElement.getBoundingClientRect();
      if (inner.left < outer.left - 1 || inner.right > outer.right + 1 ||
          inner.top < outer.top - 2 || inner.bottom > outer.bottom + 2) {
        found.push(`<text> ${text.textContent}`);
      }
      for (const other of text.ownerSVGElement.querySelectorAll("text")) {
        const box = other.getBoundingClientRect();
        if (other !== text && inner.left < box.right - 1 && box.left < inner.right - 1 &&
            inner.top < box.bottom - 3 && box.top < inner.bottom - 3) {
          found.push(`<text> ${text.textContent}, written over ${other.textContent}`);
        }
      }
    }
    return found;
  },

  // What lies beyond the right or left edge, although the page does not scroll there.
  outside() {
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (!this.isShown(element) || element.closest(".visually-hidden, table.cards thead")) continue;
      const box = element.getBoundingClientRect();
      if (box.width > 1 && (box.right > innerWidth + 1 || box.left < -1)) found.push(this.name(element));
    }
    return found;
  },

  scrollsSideways() {
    return document.documentElement.scrollWidth > document.documentElement.clientWidth;
  },

  // Everything that the Tab key must reach; of radio buttons with one name it reaches one.
  startTabbing() {
    const all = document.querySelectorAll(
      "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, " +
      "[tabindex]:not([tabindex='-1']), [contenteditable], iframe");
    const radios = new Set();
    this.wanted = new Set();
    for (const element of all) {
      if (element.disabled || !this.isShown(element) || element.tabIndex < 0) continue;
      if (element.type === "radio") {
        const group = `${element.form && element.form.id} ${element.name}`;
        const checked = document.querySelector(`input[type=radio][name="${element.name}"]:checked`);
        if (radios.has(group) || (checked && checked !== element)) continue;
        radios.add(group);
      }
      this.wanted.add(element);
    }
    document.activeElement && document.activeElement.blur();
    window.scrollTo(0, 0);
    this.unseen = [];
    return this.wanted.size;
  },

  // Where the Tab key has come to; false once everything was reached.
  tabbed() {
    const element = document.activeElement;
    if (element && element !== document.body) {
      if (this.wanted.delete(element) && !this.showsFocus(element)) this.unseen.push(this.name(element));
    }
    return this.wanted.size > 0;
  },

  showsFocus(element) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const onScreen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return outlined && onScreen;
  },

  endTabbing() {
    return { missed: [...this.wanted].map(each => this.name(each)), unseen: this.unseen };
  },
})
