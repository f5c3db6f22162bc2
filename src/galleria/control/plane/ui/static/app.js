// What moves by itself. Everything else on these pages is a link or a form and works without this file.
(() => {
  "use strict";

  const QUIET_MS = 150; // several events in a row cost one fetch
  const REFRESH_MS = 15000; // relative times grow old without any event
  const root = document.documentElement;
  root.classList.add("js");

  const live = () => document.querySelector("[data-live-for]");
  const light = () => document.getElementById("live-light");

  function say(on) {
    const element = light();
    if (!element) return;
    element.dataset.live = on ? "on" : "off";
    element.textContent = on ? "Live" : "Live updates paused; trying again";
  }

  // --- live region: on an event that concerns it, the page fetches its own address and morphs ---------------------------

  let waiting = 0;
  function refresh() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const region = live();
      if (region && !document.hidden) htmx.trigger(region, "galleria:changed");
    }, QUIET_MS);
  }

  function concerns(region, event) {
    const { liveFor: kinds, liveStore: store } = region.dataset;
    return kinds.split(" ").includes(event.type) && (!store || !event.store_id || store === event.store_id);
  }

  function listen() {
    const region = live();
    if (!region || !window.EventSource) return;
    const stream = new EventSource("/api/v1/events");
    let lost = false;
    stream.onopen = () => {
      say(true);
      if (lost) refresh();
      lost = false;
    };
    stream.onerror = () => {
      say(false);
      lost = true;
    };
    stream.onmessage = (message) => {
      const current = live();
      if (current && concerns(current, JSON.parse(message.data))) refresh();
    };
    window.addEventListener("pagehide", () => stream.close());
    window.setInterval(refresh, REFRESH_MS);
    document.addEventListener("visibilitychange", refresh);
  }

  // The region is fetched from where the page is now: a search changes the address without loading the page again.
  const here = () => window.location.pathname + window.location.search;

  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (sourceElement === live()) request.action = here();
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, request, response } = event.detail.ctx;
    if (response && response.status >= 400) {
      // A session that has ended, or a store that has gone: show the whole page instead of swapping a part of it.
      event.preventDefault();
      window.location.reload();
    } else if (sourceElement === live() && request.action !== here()) {
      event.preventDefault(); // it answers a question that is not asked any more
      refresh();
    } else if (sourceElement.matches("form[role=search]")) {
      window.history.replaceState(null, "", request.action); // what is shown has its own address
    }
  });

  // --- keyboard ---------------------------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    const search = document.getElementById("search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // --- forms ------------------------------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault(); // one press, one act
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button?.dataset.busy) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy;
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    listen();
  });

  document.addEventListener("DOMContentLoaded", listen);
})();
