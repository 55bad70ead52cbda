-- Whether the entry id `a` is below `b`; neither fits a Lua number.
local function below(a, b)
  local a_time, a_count = string.match(a, '^(%d+)-(%d+)$')
  local b_time, b_count = string.match(b, '^(%d+)-(%d+)$')
  if #a_time ~= #b_time then return #a_time < #b_time end
  if a_time ~= b_time then return a_time < b_time end
  if #a_count ~= #b_count then return #a_count < #b_count end
  return a_count < b_count
end

