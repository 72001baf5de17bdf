// Runs before the page's own scripts: remembers which of the device's doors the page knocks at, and when.
(() => {
  const heard = [];
  Object.defineProperty(window, "__conformanceHeard", {value: () => heard.slice(0, 100)});
  const note = what => { if (heard.length < 100) heard.push({what, at: Math.round(performance.now())}); };
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (["devicemotion", "deviceorientation", "beforeunload"].includes(type)) note(type);
    return listen.call(this, type, ...rest);
  };
  for (const type of ["devicemotion", "deviceorientation"]) {
    try {
      Object.defineProperty(window, "on" + type, {set() { note(type); }, get() { return null; }, configurable: true});
    } catch (e) {}
  }
  const wrap = (owner, name, what) => {
    if (!owner || typeof owner[name] !== "function") return;
    const was = owner[name];
    owner[name] = function (...rest) { note(what); return was.apply(this, rest); };
  };
  wrap(window.Geolocation && Geolocation.prototype, "getCurrentPosition", "geolocation");
  wrap(window.Geolocation && Geolocation.prototype, "watchPosition", "geolocation");
  wrap(window.MediaDevices && MediaDevices.prototype, "getUserMedia", "camera-or-microphone");
  wrap(window.Notification, "requestPermission", "notifications");
  wrap(window.Clipboard && Clipboard.prototype, "readText", "clipboard-read");
})();
