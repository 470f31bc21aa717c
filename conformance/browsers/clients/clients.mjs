// Asks the same of a server through jsdom and happy-dom, which have CORS in code of their own: node clients.mjs URL
import { Window } from "happy-dom";
import { JSDOM, VirtualConsole } from "jsdom";

const api = process.argv[2];

/** Each opens a page and returns its window and what closes it. */
const clients = {
    jsdom(url) {
        const { window } = new JSDOM("", { url, virtualConsole: new VirtualConsole() });
        return [window, () => window.close()];
    },
    "happy-dom"(url) {
        const window = new Window({ url });
        window.console.error = () => {};
        return [window, () => window.happyDOM.close()];
    },
};

/** What a page can see: status, body and the custom header, or that the client keeps the response back. */
function ask(window, path, { method = "GET", headers = {}, credentials = false } = {}) {
    return new Promise((resolve) => {
        const request = new window.XMLHttpRequest();
        // Before `open`: happy-dom reads it there, and no later.
        request.withCredentials = credentials;
        request.open(method, api + path);
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.onload = () => {
            resolve([request.status, request.responseText, request.getResponseHeader("X-Custom-Server-Header")]);
        };
        request.onerror = () => resolve("blocked");
        request.send();
    });
}

const STRANGER = "http://stranger.example/";
const two = { "X-B": "1", "X-A": "2" };

/** Where happy-dom differs from browsers: what it sees, and why. */
const happyDom = (sees, because) => ({ "happy-dom": { sees, because } });
const allReadable = "it reads no Access-Control-Expose-Headers and hands over every header";

/** What is asked, what every browser sees, and where a client alone sees something else. */
const questions = [
    { name: "a page of an allowed origin", path: "/hello", sees: [200, "GET /hello", "custom"] },
    { name: "a page of another origin", page: STRANGER, path: "/hello", sees: "blocked" },
    { name: "a path that is no resource", path: "/other", sees: "blocked" },
    { name: "any origin", page: STRANGER, path: "/strict", sees: [200, "GET /strict", null], only: happyDom([200, "GET /strict", "custom"], allReadable) },
    { name: "any origin, with credentials", path: "/strict", init: { credentials: true }, sees: "blocked", only: happyDom([200, "GET /strict", "custom"], "it reads no Access-Control-Allow-Credentials and takes `*` for a request with credentials too") },
    { name: "a header that is not exposed", path: "/private", sees: [200, "GET /private", null], only: happyDom([200, "GET /private", "custom"], allReadable) },
    { name: "a method that is allowed", path: "/hello", init: { method: "PUT" }, sees: [200, "PUT /hello", "custom"] },
    { name: "a method that is not", path: "/hello", init: { method: "DELETE" }, sees: "blocked" },
    { name: "several headers", path: "/hello", init: { method: "PUT", headers: two }, sees: [200, "PUT /hello", "custom"] },
    { name: "a header that is not allowed", path: "/hello", init: { headers: { ...two, "X-C": "3" } }, sees: "blocked" },
    { name: "a preflight from a stranger", page: STRANGER, path: "/hello", init: { headers: two }, sees: "blocked" },
    { name: "a preflight before authentication", path: "/login-required", init: { headers: { Authorization: "x" } }, sees: [200, "GET /login-required", "custom"] },
    { name: "a refusal of the application", path: "/login-required", sees: [401, "", null] },
    { name: "an error status", path: "/status/503", sees: [503, "GET /status/503", "custom"] },
    { name: "an error of the handler", path: "/error", sees: [500, "", null] },
    { name: "a cookie, with credentials", first: "/login", path: "/cookie", init: { credentials: true }, sees: [200, "session=1", "custom"] },
    { name: "a cookie, without credentials", first: "/login", path: "/cookie", sees: [200, "", "custom"] },
];

let failed = 0;
for (const [client, open] of Object.entries(clients)) {
    for (const { name, page, first, path, init, sees, only = {} } of questions) {
        const [window, close] = open(page ?? "http://client.example/");
        if (first) await ask(window, first, { credentials: true });
        const expected = JSON.stringify(only[client] ? only[client].sees : sees);
        const seen = JSON.stringify(await ask(window, path, init));
        if (seen !== expected) {
            failed += 1;
            console.log(`FAILED ${client}: ${name}: ${seen}, expected ${expected}`);
        }
        await close();
    }
    console.log(`${client}: ${questions.length} questions`);
}
process.exit(failed === 0 ? 0 : 1);
