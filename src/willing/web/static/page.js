// What Shiny's own inputs lack: a native slider, a table to edit, a file read in the browser,
// messages beside fields, and charts saved as pictures.
(() => {
  "use strict";
  const COLUMNS = ["name", "strength", "divergence", "cost", "benefit"];

  class Range extends Shiny.InputBinding {
    find(scope) { return $(scope).find(".range-input"); }
    getValue(el) { return Number(el.value); }
    setValue(el, value) {
      el.value = value;
      this.show(el);
    }
    show(el) {
      const output = document.querySelector(`output[for="${CSS.escape(el.id)}"]`);
      output.textContent = Number(el.value).toFixed(2);
    }
    subscribe(el, callback) {
      $(el).on("input.range", () => { this.show(el); callback(true); });
      $(el).on("change.range", () => callback(false));
    }
    unsubscribe(el) { $(el).off(".range"); }
    receiveMessage(el, message) {
      this.setValue(el, message.value);
      $(el).trigger("change");
    }
    getRatePolicy() { return { policy: "throttle", delay: 50 }; }
  }

  class Partners extends Shiny.InputBinding {
    find(scope) { return $(scope).find(".partner-input"); }
    getValue(el) {
      return [...el.querySelectorAll("tbody tr")].map((line) =>
        [...line.querySelectorAll("input")].map((field) => field.value));
    }
    subscribe(el, callback) {
      $(el).on("input.partners", () => callback(true));
      $(el).on("change.partners", () => callback(false));
    }
    unsubscribe(el) { $(el).off(".partners"); }
    receiveMessage(el, message) {
      el.querySelector("tbody").replaceChildren(...message.value.map(line));
      el.scrollTop = 0;
      $(el).trigger("change");
    }
    getRatePolicy() { return { policy: "debounce", delay: 250 }; }
  }

  class TextFile extends Shiny.InputBinding {
    find(scope) { return $(scope).find(".text-file-input"); }
    getValue(el) { return el.read ?? null; }
    subscribe(el, callback) {
      $(el).on("change.file", async () => {
        const file = el.files[0];
        if (!file) return;
        // Longer than the server takes is not worth sending; it says so itself.
        const text = file.size > 800000 ? " ".repeat(200001) : await file.text();
        el.read = { name: file.name, text, at: Date.now() };
        el.value = "";
        callback(false);
      });
    }
    unsubscribe(el) { $(el).off(".file"); }
  }

  // What the address said when the page was opened; the server reads and writes it.
  class Link extends Shiny.InputBinding {
    find(scope) { return $(scope).find(".link-input"); }
    getValue() { return opened; }
    subscribe() {}
    unsubscribe() {}
  }

  class Tabs extends Shiny.InputBinding {
    find(scope) { return $(scope).find(".tabs-input"); }
    getValue() { return document.querySelector("main").dataset.tab; }
    subscribe(el, callback) { $(el).on("change.tabs", () => callback(false)); }
    unsubscribe(el) { $(el).off(".tabs"); }
  }

  const opened = location.hash.slice(1);
  let written = location.hash;

  function show(tab) {
    document.querySelector("main").dataset.tab = tab;
    document.querySelectorAll(".tabs-input [data-tab]").forEach((button) => {
      button.setAttribute("aria-selected", String(button.dataset.tab === tab));
    });
    $("#tab").trigger("change");
    window.dispatchEvent(new Event("resize"));
  }

  function set(fields) {
    for (const [id, value] of Object.entries(fields)) {
      const field = document.getElementById(id);
      if (!field) continue;
      if (field.options && ![...field.options].some((option) => option.value === value)) {
        $("#search").val("").trigger("change");
        setTimeout(() => set({ [id]: value }), 500);
        continue;
      }
      field.value = value;
      $(field).trigger("input").trigger("change");
    }
  }

  function line(values) {
    const row = document.createElement("tr");
    values.forEach((value, column) => {
      const cell = document.createElement("td");
      const field = document.createElement("input");
      field.type = "text";
      field.value = value;
      field.dataset.column = COLUMNS[column];
      field.autocomplete = "off";
      field.spellcheck = false;
      if (column > 0) field.inputMode = "decimal";
      field.setAttribute("aria-label", `${COLUMNS[column]} of ${values[0] || "the new partner"}`);
      cell.append(field);
      row.append(cell);
    });
    const last = document.createElement("td");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.dataset.remove = "";
    remove.setAttribute("aria-label", `Remove ${values[0] || "the new partner"}`);
    last.append(remove);
    row.append(last);
    return row;
  }

  function changed(el) { $(el).trigger("change"); }

  function mark(field, words, problem) {
    field.classList.toggle("wrong", Boolean(words));
    if (words) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    if (problem && problem.textContent !== (words || "")) problem.textContent = words || "";
  }

  function markCells(table, problems) {
    table.querySelectorAll("tbody tr").forEach((row, position) => {
      row.querySelectorAll("input").forEach((field) => {
        const words = problems[`partners:${position}:${field.dataset.column}`];
        let problem = field.nextElementSibling;
        if (words && !problem) {
          problem = document.createElement("p");
          problem.className = "problem";
          problem.setAttribute("role", "alert");
          field.after(problem);
        }
        if (words || problem) mark(field, words, problem);
        const open = ["strength", "divergence"].includes(field.dataset.column);
        field.placeholder = open ? "unknown" : "";
      });
    });
  }

  function save(button) {
    const svg = button.closest("figure").querySelector("svg");
    if (!svg) return;
    const title = button.closest("figure").querySelector("h3").textContent;
    const chart = title.toLowerCase().replace(/[^a-z]+/g, "-").replace(/^-|-$/g, "");
    const name = `${button.closest("[data-name]")?.dataset.name ?? "crisis"}-${chart}`;
    const source = new Blob([svg.outerHTML], { type: "image/svg+xml" });
    if (button.dataset.save === "svg") return download(source, `${name}.svg`);
    const picture = new Image();
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * picture.width;
      canvas.height = 2 * picture.height;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(picture.src);
      canvas.toBlob((blob) => download(blob, `${name}.png`));
    };
    picture.src = URL.createObjectURL(source);
  }

  function download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest('a[aria-disabled="true"]')) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const table = document.querySelector(".partner-input");
    if ("tab" in button.dataset) show(button.dataset.tab);
    if ("set" in button.dataset) set(JSON.parse(button.dataset.set));
    if ("save" in button.dataset) save(button);
    if ("remove" in button.dataset) {
      const next = button.closest("tr").nextElementSibling;
      button.closest("tr").remove();
      (next?.querySelector("[data-remove]") ?? table).focus();
      changed(table);
    }
    if ("add" in button.dataset) {
      const added = line(["", "", "", "0", "0"]);
      table.querySelector("tbody").append(added);
      added.querySelector("input").focus();
    }
    if ("cost" in button.dataset) {
      const cost = document.querySelector("#cost_all").value;
      table.querySelectorAll('[data-column="cost"]').forEach((field) => { field.value = cost; });
      changed(table);
    }
  });

  document.documentElement.lang = "en";
  if (window.innerWidth >= 1100) {
    document.querySelectorAll(".open-if-wide").forEach((details) => { details.open = true; });
  }
  const at = Shiny.inputBindings;
  at.register(new Range(), "willing.range");
  at.register(new Partners(), "willing.partners");
  at.register(new TextFile(), "willing.file");
  at.register(new Link(), "willing.link");
  at.register(new Tabs(), "willing.tabs");

  // A reader who has done nothing for half an hour gives her place to another. The page says so,
  // and comes back with her settings, which are in its address, when she does.
  const IDLE = 30 * 60 * 1000;
  let moved = Date.now();
  for (const kind of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    document.addEventListener(kind, () => { moved = Date.now(); }, { passive: true });
  }
  setInterval(() => {
    if (Date.now() - moved < IDLE) Shiny.setInputValue("alive", Date.now());
  }, 60 * 1000);
  $(document).on("shiny:disconnected", () => {
    const word = document.createElement("p");
    word.className = "lost";
    word.setAttribute("role", "alert");
    word.textContent = "The connection is lost. Your settings are kept; the page comes back by itself.";
    document.body.append(word);
    const again = async () => {
      const here = document.visibilityState === "visible" && Date.now() - moved < IDLE;
      const answers = here && await fetch(location.pathname, { method: "HEAD" }).then(
        (answer) => answer.ok, () => false);
      if (answers) location.reload();
      else setTimeout(again, 2000);
    };
    setTimeout(again, 1000);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) location.reload();
  });

  Shiny.addCustomMessageHandler("problems", ({ scope, problems }) => {
    for (const id of scope) {
      const field = document.getElementById(id);
      mark(field, problems[id], document.getElementById(`${id}-problem`));
      if (field.classList.contains("partner-input")) markCells(field, problems);
    }
  });
  Shiny.addCustomMessageHandler("downloads", ({ links, waiting, word, name }) => {
    document.getElementById(waiting).textContent = word;
    for (const id of links) {
      document.getElementById(id).setAttribute("aria-disabled", String(Boolean(word)));
    }
    if (name) document.getElementById(waiting).closest(".setting").dataset.name = name;
  });
  Shiny.addCustomMessageHandler("link", ({ text }) => {
    history.replaceState(null, "", `#${text}`);
    written = location.hash;
  });
  Shiny.addCustomMessageHandler("restore", ({ tab, compare }) => {
    if (tab !== "game") show(tab);
    if (compare) $("#compare").prop("checked", true).trigger("change");
  });
  Shiny.addCustomMessageHandler("compare", ({ on }) => {
    document.querySelector(".settings").classList.toggle("both", on);
    window.dispatchEvent(new Event("resize"));
  });
})();
