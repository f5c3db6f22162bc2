// Audit pages with Lighthouse in one browser: node audit.mjs ADDRESS... A JSON object a line: scores of 0 to 100, what failed, what was measured.
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const chrome = await launch({ chromePath: process.env.CHROME_PATH, chromeFlags: ["--headless=new", "--no-sandbox"] });
try {
  for (const address of process.argv.slice(2)) {
    const { lhr } = await lighthouse(address, {
      port: chrome.port, logLevel: "error", onlyCategories: CATEGORIES, disableFullPageScreenshot: true,
    });
    const groups = Object.values(lhr.categories);
    const lost = groups.flatMap((group) => group.auditRefs)
      .map(({ id, weight }) => ({ weight, audit: lhr.audits[id] }))
      .filter(({ weight, audit }) => weight > 0 && audit.score !== null && audit.score < 0.9)
      .map(({ audit }) => `${audit.id} ${audit.score} ${audit.displayValue ?? ""}`);
    console.log(JSON.stringify({
      address,
      incomplete: lhr.runtimeError?.code ?? null,
      scores: Object.fromEntries(groups.map((group) => [group.id, group.score === null ? null : Math.round(group.score * 100)])),
      lost,
      audits: Object.fromEntries(Object.values(lhr.audits).map((audit) => [audit.id, { score: audit.score, value: audit.numericValue ?? null }])),
    }));
  }
} finally {
  await chrome.kill();
}
