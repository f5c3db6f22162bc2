// What the pages do beyond links and forms. Everything here is a comfort: without it every page works.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  // A form that is on its way is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") {
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, 4000);
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // One more, one less.
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const field = step.parentElement.querySelector("input");
    if (step.dataset.step > 0) field.stepUp(); else field.stepDown();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A choice is taken at once, without its button.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sort] select, [data-send]") && event.target.reportValidity()) {
      event.target.form.requestSubmit();
    }
  });

  // Another way to send changes the total: ask for it.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-refresh]")) return;
    const form = event.target.form;
    form.requestSubmit(form.querySelector("button[value=address]"));
  });
  document.getElementById("trouble")?.focus();

  // Thumbnails move the strip, not the page.
  document.addEventListener("click", (event) => {
    const thumb = event.target.closest("[data-thumb]");
    if (!thumb) return;
    const picture = document.getElementById(thumb.hash.slice(1));
    event.preventDefault();
    picture.closest(".gallery-strip").scrollTo({ left: picture.offsetLeft - picture.parentElement.offsetLeft, behavior: "smooth" });
  });

  // Filters stay open while they are chosen.
  let open = false;
  document.addEventListener("htmx:before:swap", () => {
    open = document.getElementById("filters")?.matches(":popover-open") ?? false;
  });

  // Something was put into the cart: show it.
  document.addEventListener("htmx:after:swap", (event) => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    const filters = document.getElementById("filters");
    if (open && filters && !filters.matches(":popover-open")) filters.showPopover();
    const drawer = document.getElementById("minicart");
    const shown = drawer?.querySelector(".mini");
    if (shown && !shown.dataset.seen) {
      shown.dataset.seen = "yes";
      if (!drawer.matches(":popover-open")) drawer.showPopover();
    }
  });
})();
