// Renders each Markdown text of a JSON file with both renderers: node render.js NODE_MODULES IN OUT
const fs = require("fs");
const [modules, source, target] = process.argv.slice(2);
const { marked } = require(`${modules}/marked`);
const kramed = require(`${modules}/kramed`);

const byMarked = (text) => marked.parse(text, { gfm: true, breaks: true });
const byKramed = (text) => kramed(text, { gfm: true, tables: true, breaks: true, smartLists: true });
const rows = JSON.parse(fs.readFileSync(source, "utf8"));
fs.writeFileSync(target, JSON.stringify(rows.map((row) => [...row.map(byMarked), ...row.map(byKramed)])));
